package io.promptroutes.prompt;

/** Input that is no prompt: a dead letter with the reason, which never stops the others. */
public final class InvalidPrompt extends Exception {

    // the whole list of codes; the message says the rest
    public static final String INVALID_JSON = "invalid_json";
    public static final String INVALID_ENCODING = "invalid_encoding";
    /** A row of a table that does not fit its header, or whose quotes are wrong. */
    public static final String INVALID_CSV = "invalid_csv";
    /** The rest of a file that cannot be read. */
    public static final String UNREADABLE = "unreadable";
    public static final String MISSING_PROMPT = "missing_prompt";
    public static final String INVALID_FIELD = "invalid_field";
    public static final String TOO_LARGE = "too_large";
    public static final String DUPLICATE_ID = "duplicate_id";
    public static final String UNSUPPORTED_URL = "unsupported_url";

    private final String code;
    private final String id;

    /**
     * @param code    one of the constants above
     * @param id      the id that the input gave, or null where none could be read
     * @param message one line that names the field or the byte, never the prompt's text
     */
    public InvalidPrompt(String code, String id, String message) {
        super(message, null, false, false);
        this.code = code;
        this.id = id;
    }

    public String code() {
        return code;
    }

    public String id() {
        return id;
    }
}
