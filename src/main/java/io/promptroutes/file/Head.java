package io.promptroutes.file;

import io.promptroutes.prompt.Template;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a file begins with, which tells what must not be read as lines. @param whole the file from its beginning */
record Head(String text, InputStream whole) {

    private static final int LOOKED_AT = 4096;
    /** That are no text, or have names of their own for what they are. */
    private static final Pattern BINARY = Pattern.compile("PAR1|PK\\x03\\x04|%PDF-|SQLite format 3|\\x89PNG|GIF8[79]a|\\xFF\\xD8\\xFF|BZh91AY|\\xFD7zXZ"
            + "|\\x28\\xB5\\x2F\\xFD|Obj\\x01|ARROW1\\x00|Rar!\\x1A|7z\\xBC\\xAF|\\xD0\\xCF\\x11\\xE0");
    private static final String MARK = "(?:\\xEF\\xBB\\xBF)?";
    private static final Pattern JSON = Pattern.compile(MARK + "\\s*(\\[\\s*[{\"]|[\\[{][ \t]*\r?\n)");
    private static final Pattern MARKUP = Pattern.compile("(?i)" + MARK + "\\s*<(\\?xml|!doctype|html)\\b");

    /** Looks at the first line, which its reader has to wait for, too, and at what comes with it. */
    static Head of(InputStream in) throws IOException {
        byte[] head = new byte[LOOKED_AT];
        int length = 0;
        try {
            for (int read = 0; read >= 0 && length < head.length && new String(head, 0, length, StandardCharsets.ISO_8859_1).stripLeading().indexOf('\n') < 0;
                    length += Math.max(0, read)) {
                read = in.read(head, length, head.length - length);
            }
        } catch (IOException e) {
            // it comes again behind what was read
        }
        return new Head(new String(head, 0, length, StandardCharsets.ISO_8859_1), new SequenceInputStream(new ByteArrayInputStream(head, 0, length), in));
    }

    /**
     * What the file is.
     *
     * @param named    what its name or the command says; null for nothing
     * @param template by which prompts are made of columns, or null
     * @throws IOException where it is no text, or something that would be paid for line by line
     */
    InputKind kind(InputKind named, Template template) throws IOException {
        if (BINARY.matcher(text).lookingAt() || text.chars().filter(c -> c == 0).count() > Math.max(8, text.length() / 10)) {
            throw new IOException("it is binary (Parquet, Excel, ZIP, PDF, a database or a picture) or UTF-16 without a byte order mark, and is not read: "
                    + "make a .jsonl or .csv file in UTF-8 of it");
        }
        if (named != null && named != InputKind.JSONL) {
            return named;
        }
        if (MARKUP.matcher(text).lookingAt()) {
            throw new IOException("it is XML or HTML, and is not read line by line: say --input-format text, and --whole-file where all of it is one prompt");
        }
        if (table(template)) {
            throw new IOException("its first line is the header of a table, and it is not read line by line: say --input-format csv or tsv (or text, "
                    + "where it is none), or name it .csv");
        }
        return JSON.matcher(text).lookingAt() ? InputKind.JSON : InputKind.JSONL;
    }

    /** Whether the first line names a column that makes a prompt; in a sentence there are spaces behind commas. */
    private boolean table(Template template) {
        String first = new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).replaceFirst("\uFEFF?([^\r\n]*)(?s:.*)", "$1");
        List<String> cells = Stream.of(first.split("[,;\t]", -1)).map(cell -> cell.replaceAll("^\"|\"$", "")).toList();
        return cells.size() > 1 && cells.stream().allMatch(cell -> cell.equals(cell.strip()))
                && cells.stream().anyMatch(cell -> cell.equals("prompt") || cell.equals("messages") || template != null && template.uses(cell));
    }
}
