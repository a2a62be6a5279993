package io.promptroutes.file;

import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.Columns;
import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.Source;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The rows of a CSV file, each known by the line on which it begins. Finds where rows end; what is in them is for {@link Columns}. Where a
 * quote is not closed within the largest prompt, or something stands behind a closed one, only the line on which the row begins is refused
 * and reading goes on with the next; in a file that has too much of that, a row is given up sooner. A header that is no good is refused, and no row is read. For one thread.
 */
final class CsvRows extends Ahead<Inbound> {

    /** Where in a row we are: at the start of a cell, in a plain one, in a quoted one, behind its quote, or behind that in what must not be. */
    private enum At { START, PLAIN, QUOTED, CLOSED, WRONG }

    /** What a row of several lines may have at least. */
    private static final int LEAST = 4_096;

    private final String name;
    private final LineReader lines;
    private final PromptSettings prompts;
    private char separator;
    private Columns columns;
    private boolean useless;
    /** Bytes that may still be read in vain, before rows are given up sooner. */
    private long patience;

    /** @param lines with their ends @param separator of cells; 0 where the header is to tell it */
    CsvRows(String name, LineReader lines, PromptSettings prompts, char separator) {
        this.name = name;
        this.lines = lines;
        this.prompts = prompts;
        this.separator = separator;
        this.patience = 10L * prompts.maxBytes();
    }

    @Override
    Inbound read() {
        Inbound read = null;
        while (read == null && !useless && lines.hasNext()) {
            Line first = lines.next();
            read = first.tooLong() || !LineReader.isBlank(first.bytes()) ? row(first) : null;
        }
        return read;
    }

    /** Null for the header, and for a row of empty cells. */
    private Inbound row(Line first) {
        if (first.tooLong()) {
            useless = columns == null;
            return new Inbound(source(first), null, first.bytes(), true, first.length());
        }
        if (separator == 0) {
            separator = separator(first.bytes());
        }
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        Line tooLong = null;
        At at = follow(At.START, first, row);
        while (at == At.QUOTED && tooLong == null && row.size() <= Math.min(prompts.maxBytes(), Math.max(LEAST, patience)) && more(row)) {
            Line line = lines.next();
            tooLong = line.tooLong() ? line : null;
            at = tooLong == null ? follow(at, line, row) : at;
        }
        if (at == At.QUOTED || at == At.WRONG) {
            patience -= row.size() - first.bytes().length;
            lines.unread(row.toByteArray(), first.bytes().length, first.number(), tooLong);
            return refused(first, withoutEnd(first.bytes()), new InvalidPrompt(InvalidPrompt.INVALID_CSV, null, at == At.WRONG
                    ? "a quote of the row that begins here is not closed, or something stands behind the quote that closes it"
                    : "a quote in this line is not closed in the " + row.size() + " bytes from here on"));
        }
        byte[] bytes = withoutEnd(row.toByteArray());
        try {
            if (columns == null) {
                columns = Columns.of(bytes, separator, prompts);
                return null;
            }
            byte[] request = columns.request(bytes);
            return request == null ? null : new Inbound(source(first), null, request, false, request.length, InputFormat.JSON, null).ofRow(() -> columns.record(bytes));
        } catch (InvalidPrompt e) {
            return refused(first, bytes, e);
        }
    }

    /** Whether the row has another line. Where the file cannot be read on, what there is of that line is put to the row. */
    private boolean more(ByteArrayOutputStream row) {
        try {
            return lines.hasNext();
        } catch (UncheckedIOException e) {
            row.writeBytes(lines.torn().bytes());
            return false;
        }
    }

    private At follow(At start, Line line, ByteArrayOutputStream row) {
        row.writeBytes(line.bytes());
        At at = start;
        for (byte b : line.bytes()) {
            at = switch (at) {
                case START -> b == '"' ? At.QUOTED : b == separator ? At.START : At.PLAIN;
                case PLAIN -> b == separator ? At.START : At.PLAIN;
                case QUOTED -> b == '"' ? At.CLOSED : At.QUOTED;
                case CLOSED -> b == '"' ? At.QUOTED : b == separator ? At.START : b == ' ' || b == '\r' || b == '\n' ? At.CLOSED : At.WRONG;
                case WRONG -> At.WRONG;
            };
        }
        return at;
    }

    private Inbound refused(Line first, byte[] bytes, InvalidPrompt why) {
        useless = columns == null;
        Inbound refused = new Inbound(source(first), null, bytes, false, bytes.length, null, why);
        return columns == null ? refused : refused.ofRow(() -> columns.record(bytes));
    }

    private Source source(Line first) {
        return Source.line(name, first.number());
    }

    private static char separator(byte[] header) {
        boolean quoted = false;
        for (byte b : header) {
            quoted ^= b == '"';
            if (!quoted && (b == ',' || b == ';' || b == '\t')) {
                return (char) b;
            }
        }
        return ',';
    }

    private static byte[] withoutEnd(byte[] row) {
        int end = row.length;
        end -= end > 0 && row[end - 1] == '\n' ? 1 : 0;
        end -= end > 0 && row[end - 1] == '\r' ? 1 : 0;
        return Arrays.copyOf(row, end);
    }
}
