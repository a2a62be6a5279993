package io.promptroutes.cli;

import io.promptroutes.call.ApiKey;
import io.promptroutes.settings.DetectionSettings;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.UsageException;
import io.promptroutes.task.Detection;
import io.promptroutes.task.Detector;
import io.promptroutes.task.Lexicon;
import io.promptroutes.training.Evaluation;
import io.promptroutes.training.Learner;
import io.promptroutes.training.Learner.Example;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command {@code detect}: which task a prompt has and why, how often that is right, and how to make it right more often. Calls nobody. */
@Command(name = "detect", description = "Says which task a prompt has and why; measures that on labelled prompts, and learns from them. Calls nobody.")
final class DetectCommand extends ConfiguredCommand implements Callable<Integer> {

    private static final int PULLS = 8;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private What what;
    @Option(names = "--out", paramLabel = "LEXICON", description = "The file that --learn writes; name it in detection.lexicon to use it.")
    private Path out;

    private static final class What {
        @Parameters(paramLabel = "PROMPT", description = "The prompt's text.")
        private String prompt;
        @Option(names = "--evaluate", paramLabel = "FILE", description = "JSONL with prompt and label: how often is the task right?")
        private Path evaluate;
        @Option(names = "--learn", paramLabel = "FILE",
                description = "JSONL with prompt, label and, if known, source: learns a lexicon. May be given more than once.")
        private List<Path> learn;
        @Option(names = "--leave-out", paramLabel = "FILE",
                description = "Like --learn, but for each source in turn learns without it and measures on it. May be given more than once.")
        private List<Path> leaveOut;
    }

    @Override
    public Integer call() {
        RouteSettings settings = new RouteSettings(settings(), new ApiKey(() -> null));
        PrintWriter print = out();
        if ((what.learn == null) != (out == null)) {
            throw new UsageException("--learn and --out go together");
        }
        if (what.prompt != null) {
            explain(settings, print);
        } else if (what.evaluate != null) {
            Evaluation evaluation = new Evaluation(settings.detection().tasks());
            Detector detector = settings.detection().detector();
            try (DetectionRoute route = new DetectionRoute(settings, () -> detector)) {
                LabelledPrompts.read(what.evaluate, evaluation.tasks()).forEach(one -> evaluation.add(one.label(), route.task(one.prompt())));
            }
            print(evaluation, print);
        } else if (what.learn != null) {
            learn(settings, print);
        } else {
            print(leaveOut(settings, read(settings, what.leaveOut)), print);
        }
        return ExitCodes.ANSWERED;
    }

    private void explain(RouteSettings settings, PrintWriter print) {
        Detector detector = settings.detection().detector();
        String task;
        try (DetectionRoute route = new DetectionRoute(settings, () -> detector)) {
            task = route.task(what.prompt);
        }
        Detection detection = detector.detect(what.prompt);
        print.println("task        " + task);
        print.printf(Locale.ROOT, "likeliest   %s, confidence %.2f%n", detection.task(), detection.confidence());
        print.println("signs       " + String.join(" ", detection.signs()));
        print.println("for         " + line(detection, 1));
        print.println("against     " + line(detection, -1));
        for (int one = 0; one < detection.shares().length; one++) {
            print.printf(Locale.ROOT, "%-" + width(detector.lexicon().tasks()) + "s  %.2f%n", detector.lexicon().tasks().get(one), detection.shares()[one]);
        }
    }

    /** Of a column that has tasks. */
    private static int width(List<String> tasks) {
        return tasks.stream().mapToInt(String::length).reduce(10, Math::max);
    }

    private static String line(Detection detection, int sign) {
        return String.join(", ", detection.strongest(PULLS, sign).stream()
                .map(row -> String.format(Locale.ROOT, "\"%s\" %+.2f", row.feature(), row.weights()[detection.number()] * detection.scale())).toList());
    }

    private static List<Example> read(RouteSettings settings, List<Path> files) {
        List<String> tasks = settings.detection().tasks();
        return files.stream().flatMap(file -> LabelledPrompts.read(file, tasks).stream()).toList();
    }

    /** Anew where all examples are of shipped tasks. Else their other tasks are added to the lexicon in use; our own examples say what these are not. */
    private static Lexicon learn(RouteSettings settings, List<Example> examples) {
        DetectionSettings detection = settings.detection();
        List<Example> ours = LabelledPrompts.read(detection.examples(), "detection.examples", detection.tasks());
        Set<String> shipped = ours.stream().map(Example::label).collect(Collectors.toSet());
        List<String> added = detection.tasks().stream().filter(task -> !shipped.contains(task) && examples.stream().anyMatch(one -> one.label().equals(task))).toList();
        if (added.isEmpty()) {
            List<String> tasks = detection.tasks().stream().filter(shipped::contains).toList();
            return Learner.learn(tasks, examples, detection.features());
        }
        return Learner.add(detection.detector().lexicon(), added, examples, ours, detection.features());
    }

    private void learn(RouteSettings settings, PrintWriter print) {
        List<Example> examples = read(settings, what.learn);
        Lexicon lexicon = learn(settings, examples);
        try {
            Files.write(out, lexicon.lines());
        } catch (IOException e) {
            throw new UsageException(out + " cannot be written: " + e.getMessage(), e);
        }
        print.println(lexicon.size() + " rows from " + examples.size() + " prompts in " + out);
    }

    /** What has no source is always learned from. */
    private static Evaluation leaveOut(RouteSettings settings, List<Example> examples) {
        Evaluation evaluation = new Evaluation(settings.detection().tasks());
        AtomicReference<Detector> detector = new AtomicReference<>();
        try (DetectionRoute route = new DetectionRoute(settings, detector::get)) {
            for (String source : new TreeSet<>(examples.stream().map(Example::source).filter(Objects::nonNull).toList())) {
                List<Example> others = examples.stream().filter(one -> !source.equals(one.source())).toList();
                detector.set(new Detector(settings.detection().features(), learn(settings, others)));
                examples.stream().filter(one -> source.equals(one.source())).forEach(one -> evaluation.add(one.label(), route.task(one.prompt())));
            }
        }
        return evaluation;
    }

    private static void print(Evaluation evaluation, PrintWriter print) {
        print.printf(Locale.ROOT, "prompts     %d%naccuracy    %.3f%nmacro-F1    %.3f%n%n", evaluation.prompts(), evaluation.accuracy(), evaluation.macroF1());
        int width = width(evaluation.tasks());
        print.printf("%-" + width + "s %8s %8s %9s", "is / found", "prompts", "recall", "precision");
        for (String found : evaluation.tasks()) {
            print.printf(" %" + width + "s", found);
        }
        print.println();
        for (String right : evaluation.tasks()) {
            print.printf(Locale.ROOT, "%-" + width + "s %8d %8.3f %9.3f", right, evaluation.prompts(right), evaluation.recall(right), evaluation.precision(right));
            for (String found : evaluation.tasks()) {
                print.printf(" %" + width + "d", evaluation.count(right, found));
            }
            print.println();
        }
    }
}
