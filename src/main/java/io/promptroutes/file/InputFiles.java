package io.promptroutes.file;

import io.promptroutes.flow.Arrival;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.Source;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is in a job's files, one after the other, in memory that depends on the largest prompt allowed and not on the files: the rows of
 * {@code .csv}, the lines of any other. Where a file cannot be read on, the place is a refused arrival, and the next file follows. For one
 * thread.
 */
public final class InputFiles extends Ahead<Arrival> implements Closeable {

    /** Standard input. */
    public static final Path STDIN = Path.of("-");

    private final Iterator<Map.Entry<String, Path>> files;
    private final PromptSettings prompts;
    private final boolean wholeFiles;
    private final List<String> unreadable = new ArrayList<>();
    private String name;
    private InputStream in;
    private LineReader lines;
    private Iterator<Arrival> arrivals = Collections.emptyIterator();

    /**
     * @param files      by the name under which their lines are known
     * @param wholeFiles whether each {@code .txt} is one prompt
     */
    public InputFiles(Map<String, Path> files, PromptSettings prompts, boolean wholeFiles) {
        this.files = files.entrySet().iterator();
        this.prompts = prompts;
        this.wholeFiles = wholeFiles;
    }

    /** What a file's name ends with, without {@code .gz}; empty where it has no ending. */
    public static String ending(Path file) {
        String plain = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        return plain.substring(plain.lastIndexOf('.') + 1);
    }

    @Override
    Arrival read() {
        while (in != null || files.hasNext()) {
            try {
                if (in == null) {
                    open(files.next());
                }
                if (arrivals.hasNext()) {
                    return arrivals.next();
                }
                close();
            } catch (IOException | UncheckedIOException e) {
                return broken(e.getCause() instanceof IOException cause ? cause : e);
            }
        }
        return null;
    }

    private void open(Map.Entry<String, Path> file) throws IOException {
        name = file.getKey();
        in = file.getValue().equals(STDIN) ? System.in : Files.newInputStream(file.getValue());
        in = Unpacked.open(in);
        String ending = ending(file.getValue());
        if (wholeFiles && ending.equals("txt")) {
            arrivals = List.of(whole()).iterator();
        } else if (ending.equals("csv")) {
            lines = LineReader.withEnds(in, prompts.maxBytes());
            arrivals = new CsvRows(name, lines, prompts);
        } else {
            lines = new LineReader(in, prompts.maxBytes());
            arrivals = new Ahead<>() {
                @Override
                Arrival read() {
                    Line line = lines.hasNext() ? lines.next() : null;
                    return line == null ? null : new Arrival(Source.line(name, line.number()), null, line.bytes(), line.tooLong(), line.length());
                }
            };
        }
    }

    private Arrival whole() throws IOException {
        byte[] bytes = in.readNBytes(prompts.maxBytes() + 1);
        if (bytes.length <= prompts.maxBytes()) {
            return new Arrival(Source.line(name, 1), null, bytes, false, bytes.length);
        }
        long length = bytes.length + in.transferTo(OutputStream.nullOutputStream());
        return new Arrival(Source.line(name, 1), null, Arrays.copyOf(bytes, Math.min(bytes.length, LineReader.HEAD)), true, length);
    }

    private Arrival broken(Exception why) {
        String reason = why instanceof EOFException ? "it ends in the middle" : why.getMessage();
        unreadable.add("file " + name + " cannot be read to its end: " + reason);
        Line torn = lines == null ? new Line(1, new byte[0], false, 0) : lines.torn();
        close();
        return new Arrival(Source.line(name, torn.number()), null, torn.bytes(), false, torn.length(), null,
                new InvalidPrompt(InvalidPrompt.UNREADABLE, null, "the file cannot be read from here on: " + reason), null);
    }

    List<String> unreadable() {
        return unreadable;
    }

    @Override
    public void close() {
        try (InputStream closing = in) {
            in = null;
            lines = null;
            arrivals = Collections.emptyIterator();
        } catch (IOException e) {
            // it was only read
        }
    }
}
