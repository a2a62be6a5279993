package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Shown;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes what a server said fit for logs and dead letters: one line of at most 300 characters, without tags, without anything that looks
 * like a key, and without the piece of the prompt that a moderation quotes. Stateless.
 */
final class ErrorText {

    static final int LONGEST = 300;

    private static final int LOOKED_AT = 16_000;
    private static final int SHORTEST_QUOTE = 3;
    private static final String MASK = "***";

    private static final Pattern TITLE = Pattern.compile("(?is)<title[^>]{0,200}>\\s*([^\\s<].{0,500}?)</title>");
    private static final Pattern UNSEEN = Pattern.compile("(?is)<(script|style)\\b.*?(</\\1>|$)|<!--.*?(-->|$)");
    private static final Pattern TAG = Pattern.compile("(?s)<[a-zA-Z/!][^<>]{0,1000}>");
    private static final Pattern ENTITY = Pattern.compile("&(#\\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});");
    private static final Pattern SPACE = Pattern.compile("[\\s\\p{Cntrl}\\u0085\\u00a0\\u2028\\u2029]+");
    private static final Pattern KEY = Pattern.compile("(?i)sk-(?:or|ant|proj|svcacct)-[\\w.*-]*|\\bsk-[\\w-]{12,}|\\bbearer\\s+[^\\s\"',;<>]+"
            + "|\\b(?:aiza[\\w-]{10,}|gsk_\\w{10,}|xai-[\\w-]{10,}|hf_\\w{10,}|akia[a-z0-9]{12,}|eyj[\\w-]{10,}\\.[\\w.-]+)|\\b[0-9a-f]{32,}\\b");
    private static final Pattern NAMED_KEY = Pattern.compile("(?i)\\b(api[-_ ]?key|secret|password)(\\s*[:=]\\s*)[\"']?[^\\s\"',;<>]+");

    private ErrorText() {
    }

    /**
     * @param metadata of the error: its {@code reasons} are told, its {@code flagged_input} is struck out
     * @return null where nothing readable is left
     */
    static String of(String said, JsonNode metadata) {
        String text = said == null ? "" : said.substring(0, Math.min(said.length(), LOOKED_AT));
        Matcher title = TITLE.matcher(text);
        text = title.find() ? title.group(1) : TAG.matcher(UNSEEN.matcher(text).replaceAll(" ")).replaceAll(" ");
        text = oneLine(ENTITY.matcher(text).replaceAll(" "));
        text = withReasons(text, metadata.path("reasons"));
        text = withoutQuote(text, metadata.path("flagged_input"));
        text = NAMED_KEY.matcher(KEY.matcher(text).replaceAll(MASK)).replaceAll("$1$2" + MASK);
        return text.isEmpty() ? null : Shown.of(text, LONGEST);
    }

    private static String withReasons(String text, JsonNode reasons) {
        StringBuilder all = new StringBuilder(text);
        for (JsonNode reason : reasons) {
            if (reason.isTextual() && all.indexOf(reason.textValue()) < 0 && all.length() < LONGEST) {
                all.append(all.length() == 0 ? "" : "; ").append(oneLine(reason.textValue()));
            }
        }
        return all.toString();
    }

    private static String withoutQuote(String text, JsonNode flagged) {
        String quote = flagged.isTextual() ? oneLine(flagged.textValue()) : "";
        while (quote.endsWith(".") || quote.endsWith("\u2026")) {
            quote = quote.substring(0, quote.length() - 1);
        }
        return quote.length() < SHORTEST_QUOTE ? text : text.replace(quote, MASK);
    }

    private static String oneLine(String text) {
        return SPACE.matcher(text).replaceAll(" ").strip();
    }
}
