package io.promptroutes.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What a file begins with, which tells what must not be read as lines. @param whole the file from its beginning */
record Head(String text, InputStream whole) {

    private static final int LOOKED_AT = 4096;
    /** That are no text, or have names of their own for what they are. */
    private static final Pattern BINARY = Pattern.compile("(?s)(PAR1|PK\\x03\\x04|%PDF-|SQLite format 3|\\x89PNG|GIF8[79]a|\\xFF\\xD8\\xFF|BZh91AY|\\xFD7zXZ|\\x28\\xB5\\x2F\\xFD).*");
    private static final Pattern JSON = Pattern.compile("(\\xEF\\xBB\\xBF)?\\s*(\\[\\s*\\{\\s*\"|[\\[{][ \t]*\r?\n)(?s:.*)");
    private static final Pattern HEADER = Pattern.compile("(?=.*[,;\t])(\\xEF\\xBB\\xBF)?(\"?\\w+\"?[,;\t])*\"?(prompt|messages)\"?([,;\t]\"?\\w*\"?)*(\r?\n(?s:.*))?");

    /** Looks at what comes at once: a pipe may pause. */
    static Head of(InputStream in) throws IOException {
        byte[] head = new byte[LOOKED_AT];
        int length = 0;
        try {
            for (int read = 0; length <= 2 && read >= 0; length += Math.max(0, read)) { // Unpacked has looked at two
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
     * @param named what its name or the command says; null for nothing
     * @throws IOException where it is no text, or a table that would be paid for line by line
     */
    InputKind kind(InputKind named) throws IOException {
        if (BINARY.matcher(text).matches() || text.chars().filter(c -> c == 0).count() > Math.max(8, text.length() / 10)) {
            throw new IOException("it is binary (Parquet, Excel, ZIP, PDF, a database or a picture) or UTF-16 without a byte order mark, and is not read: "
                    + "make a .jsonl or .csv file in UTF-8 of it");
        }
        if (named != null && named != InputKind.JSONL) {
            return named;
        }
        if (HEADER.matcher(text).matches()) {
            throw new IOException("its first line is the header of a table, and it is not read line by line: say --input-format csv or tsv (or text, "
                    + "where it is none), or name it .csv");
        }
        return JSON.matcher(text).matches() ? InputKind.JSON : InputKind.JSONL;
    }
}
