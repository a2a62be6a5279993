package io.promptroutes.cli;

import io.promptroutes.file.Arrivals;
import io.promptroutes.file.InputFiles;
import io.promptroutes.file.InputKind;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.lang3.stream.Streams;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where a job's prompts are, and which of them are wanted. */
final class Inputs {

    @Parameters(paramLabel = "INPUT", arity = "0..*", description = "Files of prompts: .jsonl (native lines and OpenAI Batch lines, mixed as you like), "
            + ".json (an array of such, or of texts), .csv and .tsv (columns named like a request's fields), .txt (a prompt a line), .gz of these; folders "
            + "of them (not the folders within); quoted patterns such as \"in/**/*.csv\"; - for standard input.")
    List<String> inputs = List.of();

    @Option(names = "--input-format", paramLabel = "FORMAT", description = "What all files are, whatever their names, and standard input: jsonl, json, csv, tsv or text.")
    private InputKind kind;

    @Option(names = "--whole-file", description = "Each .txt file is one prompt: its text, whatever that is.")
    private boolean wholeFile;

    @Option(names = "--limit", paramLabel = "N", description = "For a trial: only the first N prompts.")
    private Long limit;

    @Option(names = "--sample", paramLabel = "N", description = "For a trial: N prompts picked at random, the same ones each time, with those of a "
            + "smaller sample among them. Reads the files twice.")
    private Integer sample;

    private static final int LONGEST_PLACES = 500;

    private final Map<String, Path> files = new LinkedHashMap<>();
    private final Set<Path> given = new HashSet<>();
    private final List<Path> notTaken = new ArrayList<>();
    /** What is to be made of all that is read. */
    UnaryOperator<Iterator<Inbound>> through = UnaryOperator.identity();

    /**
     * Finds the files, before anything is made.
     *
     * @param out the job's folder, whose results are no prompts
     */
    void find(Path out) {
        if (limit != null && limit < 1 || sample != null && sample < 1 || limit != null && sample != null) {
            throw new UsageException("--limit and --sample are a number from 1 on, and exclude each other");
        }
        for (String input : inputs) {
            Path path = Path.of(input);
            if (path.equals(InputFiles.STDIN)) {
                if (sample != null) {
                    throw new UsageException("--sample reads its input twice, and standard input can be read once; use --limit, or put it into a file");
                }
                add("stdin", path);
            } else if (Files.isDirectory(path)) {
                if (path.toAbsolutePath().normalize().equals(out.toAbsolutePath().normalize())) {
                    throw new UsageException("INPUT " + input + " is --out, too: its results would be read as prompts");
                }
                addAll(path, 1, file -> true, out, "INPUT " + input + " is a folder without files that end in " + InputKind.ENDINGS);
            } else if (Files.exists(path) || !input.matches(".*[*?\\[{].*")) {
                if (!Files.exists(path)) {
                    throw new UsageException("INPUT " + input + " does not exist");
                }
                if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                    throw new UsageException("INPUT " + input + " is not a readable file");
                }
                add(path.getFileName().toString(), path);
            } else {
                Path base = Path.of(input.replaceFirst("[^/]*[*?\\[{].*", ""));
                addAll(base, Integer.MAX_VALUE, pattern(input), out, "INPUT " + input + " matches no file that ends in " + InputKind.ENDINGS);
            }
        }
    }

    private static PathMatcher pattern(String input) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + input);
        } catch (PatternSyntaxException e) {
            throw new UsageException("INPUT " + input + " is neither a file nor a pattern: " + e.getDescription() + " at character " + (e.getIndex() + 1)
                    + "; a \\ before one of *?[{ takes it as it is", e);
        }
    }

    /** @param out whose outputs are no prompts, whatever pattern they match: its dead letters would be called, and paid for, again */
    private void addAll(Path folder, int depth, PathMatcher wanted, Path out, String none) {
        try (Stream<Path> found = Files.walk(folder, depth)) {
            Map<Boolean, List<Path>> taken = found.filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(file -> wanted.matches(file) && Files.isRegularFile(file) && !OutputFolder.writes(out, file)).sorted()
                    .collect(Collectors.partitioningBy(file -> kind != null && depth > 1 || InputKind.of(file) != null)); // a pattern says which
            List<Path> sorted = taken.get(true);
            if (sorted.isEmpty()) {
                throw new UsageException(none);
            }
            notTaken.addAll(taken.get(false));
            sorted.forEach(file -> add(file.getFileName().toString(), file));
        } catch (IOException | UncheckedIOException e) {
            throw new UsageException(none, e);
        }
    }

    /** By the name under which lines are known: the file's own, or the path as given where two files share it. */
    private void add(String name, Path file) {
        if (name.indexOf('\uFFFD') >= 0) {
            throw new UsageException("INPUT " + file + " has letters in its name that the locale does not know; start with LC_ALL=C.UTF-8");
        }
        if (!given.add(file.toAbsolutePath().normalize())) {
            throw new UsageException("INPUT " + file + " is given twice");
        }
        if (files.putIfAbsent(name, file) != null && files.putIfAbsent(file.toString(), file) != null) {
            // the path as given is another file's own name
            files.put(file.toAbsolutePath().normalize().toString(), file);
        }
    }

    /** Files of folders and patterns that have no ending of prompts, in a line; null where there are none. */
    String notTaken() {
        return notTaken.isEmpty() ? null : "not taken: " + notTaken.stream().limit(5).map(Path::toString).collect(Collectors.joining(", "))
                + (notTaken.size() > 5 ? " and " + (notTaken.size() - 5) + " more" : "") + " (endings of prompts are " + InputKind.ENDINGS + ")";
    }

    /** Whether they can be read more than once, which standard input cannot. */
    boolean repeatable() {
        return !files.containsValue(InputFiles.STDIN);
    }

    /** Prompts of a trial, at most; null where all are wanted. */
    Long most() {
        return sample == null ? limit : Long.valueOf(sample);
    }

    /** The files, so that the same ones are known again. */
    String places() {
        String places = files.values().stream().map(file -> file.equals(InputFiles.STDIN) ? "stdin" : file.toAbsolutePath().normalize().toString()).collect(Collectors.joining(" "));
        return places.length() <= LONGEST_PLACES ? places : UUID.nameUUIDFromBytes(places.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** The files' names in their order, by which lines are known. */
    Set<String> names() {
        return files.keySet();
    }

    /** Those that are wanted. @param taken what is asked about each */
    Arrivals open(PromptSettings prompts, UnaryOperator<Inbound> taken, PromptWindow window, JobStatistics tally) {
        long highest = sample == null ? Long.MAX_VALUE : highestOfSample(prompts);
        InputFiles opened = new InputFiles(files, prompts, kind, wholeFile);
        Iterator<Inbound> all = through.apply(opened);
        AtomicLong place = new AtomicLong();
        Iterator<Inbound> wanted = sample != null ? Streams.of(all).filter(one -> scattered(place.getAndIncrement()) <= highest).iterator()
                : limit != null ? Streams.of(all).limit(limit).iterator() : all;
        return new Arrivals(opened, Streams.of(wanted).map(taken).iterator(), window, tally);
    }

    /** The sample is the prompts whose places in the input have the lowest hashes; this is the highest of these. */
    private long highestOfSample(PromptSettings prompts) {
        PriorityQueue<Long> lowest = new PriorityQueue<>((one, other) -> Long.compare(other, one));
        try (InputFiles all = new InputFiles(files, prompts, kind, wholeFile)) {
            Iterator<Inbound> each = through.apply(all);
            for (long place = 0; each.hasNext(); place++) {
                each.next();
                lowest.add(scattered(place));
                if (lowest.size() > sample) {
                    lowest.remove();
                }
            }
        }
        return lowest.isEmpty() ? Long.MIN_VALUE : lowest.peek();
    }

    /** As random as it has to be, and for no two places the same: the mixing step of SplitMix64. */
    private static long scattered(long place) {
        return new SplittableRandom(place).nextLong();
    }
}
