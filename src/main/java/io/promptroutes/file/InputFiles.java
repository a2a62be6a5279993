package io.promptroutes.file;

import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.Source;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.commons.io.IOUtils;

/**
 * What is in a job's files, one after the other, in memory that depends on the largest prompt allowed and not on the files: the rows of
 * {@code .csv}, the lines of any other. Where a file cannot be read on, the place is a refused arrival, and the next file follows. For one
 * thread.
 */
public final class InputFiles extends Ahead<Inbound> implements Closeable {

    /** Standard input. */
    public static final Path STDIN = Path.of("-");

    private final Iterator<Map.Entry<String, Path>> files;
    private final PromptSettings prompts;
    private final InputKind kind;
    private final boolean wholeFiles;
    private final List<String> unreadable = new ArrayList<>();
    private String name;
    private InputStream in;
    private Supplier<Line> torn;
    private Iterator<Inbound> arrivals = Collections.emptyIterator();

    /**
     * @param files      by the name under which their lines are known
     * @param kind       of all of them; null where each one's name tells it
     * @param wholeFiles whether each of text is one prompt
     */
    public InputFiles(Map<String, Path> files, PromptSettings prompts, InputKind kind, boolean wholeFiles) {
        this.files = files.entrySet().iterator();
        this.prompts = prompts;
        this.kind = kind;
        this.wholeFiles = wholeFiles;
    }

    @Override
    Inbound read() {
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
        torn = () -> new Line(1, new byte[0], false, 0);
        in = file.getValue().equals(STDIN) ? System.in : opened(file.getValue());
        Head head = Head.of(Unpacked.open(in));
        in = head.whole();
        InputKind is = head.kind(kind != null ? kind : InputKind.of(file.getValue()), prompts.template());
        switch (is) {
            case JSON -> {
                JsonValues values = new JsonValues(name, in, prompts);
                torn = values::torn;
                arrivals = values;
            }
            case CSV, TSV -> {
                LineReader lines = LineReader.withEnds(in, prompts.maxBytes());
                torn = lines::torn;
                arrivals = new CsvRows(name, lines, prompts, is == InputKind.TSV ? '\t' : 0);
            }
            case TEXT -> arrivals = wholeFiles ? List.of(whole()).iterator() : lines();
            case JSONL -> arrivals = lines();
        }
    }

    /** Waits where the process has too many files open, which calls that end will change. */
    private static InputStream opened(Path file) throws IOException {
        for (int tries = 0;; tries++) {
            try {
                return Files.newInputStream(file);
            } catch (FileSystemException e) {
                if (tries == 300 || !String.valueOf(e.getReason()).contains("Too many open files")) {
                    throw e;
                }
                LockSupport.parkNanos(100_000_000);
            }
        }
    }

    private Iterator<Inbound> lines() {
        LineReader lines = new LineReader(in, prompts.maxBytes());
        torn = lines::torn;
        return new Ahead<>() {
            @Override
            Inbound read() {
                Line line = lines.hasNext() ? lines.next() : null;
                return line == null ? null : new Inbound(Source.line(name, line.number()), null, line.bytes(), line.tooLong(), line.length());
            }
        };
    }

    private Inbound whole() throws IOException {
        byte[] bytes = in.readNBytes(prompts.maxBytes() + 1);
        if (bytes.length <= prompts.maxBytes()) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            // else fed in again, out of a dead letter, it would pass as a request; what is no text is refused as it is
            byte[] prompt = !text.matches("\uFEFF?\\s*\\{[^\0\uFFFD]*") ? bytes : Json.bytes(Json.MAPPER.createObjectNode().put(prompts.textField(), text.replace("\uFEFF", "")));
            return new Inbound(Source.line(name, 1), null, prompt, false, bytes.length, prompt == bytes ? InputFormat.TEXT : InputFormat.JSON, null);
        }
        long length = bytes.length + in.transferTo(OutputStream.nullOutputStream());
        return new Inbound(Source.line(name, 1), null, Arrays.copyOf(bytes, Math.min(bytes.length, LineReader.HEAD)), true, length);
    }

    private Inbound broken(Exception why) {
        String reason = why instanceof EOFException ? "it ends in the middle" : why.getMessage();
        unreadable.add("file " + name + " cannot be read to its end: " + reason);
        Line last = torn.get();
        close();
        return new Inbound(Source.line(name, last.number()), null, last.bytes(), false, last.length(), null,
                new InvalidPrompt(InvalidPrompt.UNREADABLE, null, "the file cannot be read from here on: " + reason));
    }

    public List<String> unreadable() {
        return unreadable;
    }

    @Override
    public void close() {
        IOUtils.closeQuietly(in); // it was only read
        in = null;
        arrivals = Collections.emptyIterator();
    }
}
