package io.promptroutes.settings;

import io.promptroutes.pipeline.Options;
import io.promptroutes.task.Detector;
import io.promptroutes.task.Features;
import io.promptroutes.task.Lexicon;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tasks that there are, and the keys {@code detection.*} in the types that detection wants. Each read looks at its files anew; what is on the class path
 * stays as it is.
 */
public record DetectionSettings(Settings settings) {

    /** Of a task: short enough for a label, and safe in keys, tables and files. */
    private static final String NAME = "[a-z][a-z0-9_-]{0,39}";
    private static final String LEXICON = "detection.lexicon";
    private static final String ORDER = "detection.order";
    private static final String KEYWORDS = "detection.keywords.";
    private static final String CONCEPTS = "detection.concepts";
    private static final String CAP = ".max-tokens";
    /** By their places on the class path, where nothing changes. */
    private static final Map<List<String>, Detector> OF_THE_JAR = new ConcurrentHashMap<>();

    /** The names that have each key of a task; first those of {@code detection.order}, in this order. */
    public List<String> tasks() {
        Set<String> keys = settings.below("tasks.").keySet();
        return Stream.concat(settings.list(ORDER).stream(), keys.stream().filter(key -> key.endsWith(CAP)).map(key -> key.substring(0, key.length() - CAP.length())))
                .distinct().filter(name -> name.matches(NAME) && keys.contains(name + ".temperature") && keys.contains(name + CAP)).toList();
    }

    /** What the calls of each task get, by its name. */
    Map<String, Options.TaskSettings> taskSettings() {
        return tasks().stream().collect(Collectors.toMap(Function.identity(), task -> new Options.TaskSettings(
                settings.amount("tasks." + task + ".temperature"), settings.integer("tasks." + task + CAP, 1, Integer.MAX_VALUE))));
    }

    /** Of the tasks that have any, in the order in which they are asked for. */
    public Map<String, List<String>> keywords() {
        check(settings.list(ORDER), ORDER);
        Map<String, String> words = settings.below(KEYWORDS);
        Map<String, List<String>> keywords = new LinkedHashMap<>();
        tasks().stream().filter(words::containsKey).forEach(task -> keywords.put(task, Settings.split(words.get(task))));
        return keywords;
    }

    /** The confidence below which a task is not believed. */
    public double unsure() {
        return settings.part("detection.confidence", 1);
    }

    public Detector detector() {
        List<String> places = List.of(settings.text(LEXICON), settings.text(CONCEPTS));
        boolean shipped = places.stream().allMatch(place -> place.startsWith(Place.CLASSPATH));
        Detector detector = shipped ? OF_THE_JAR.computeIfAbsent(places, any -> read()) : read();
        check(detector.lexicon().tasks(), LEXICON);
        return detector;
    }

    private Detector read() {
        Lexicon lexicon = table(LEXICON, Lexicon::of);
        return new Detector(features(), lexicon);
    }

    /** Labelled prompts of the shipped tasks, a line each. */
    public List<String> examples() {
        return table("detection.examples", Function.identity());
    }

    public Features features() {
        return table(CONCEPTS, Features::new);
    }

    /** Says what to do where a name of a task has no settings. @param key in which it stands */
    public Finding unknown(String task, String key) {
        return Finding.fault("key " + key + ": there is no task " + task, settings.where(key), Finding.nearest(task, Set.copyOf(tasks()),
                "set both tasks." + task + ".temperature and tasks." + task + ".max-tokens; its name may have small letters, digits, - and _"));
    }

    private void check(List<String> names, String key) {
        List<String> tasks = tasks();
        names.stream().filter(name -> !tasks.contains(name)).findFirst().ifPresent(name -> settings.refuse(key,
                "of tasks that have keys tasks.*.temperature and tasks.*.max-tokens, which " + name + " has not"));
    }

    /** The lines of a file, or of {@code classpath:NAME}, made into what they say. */
    private <T> T table(String key, Function<List<String>, T> reading) {
        String place = settings.text(key);
        try {
            return reading.apply(Place.text(key, place, Integer.MAX_VALUE - 8).lines().toList());
        } catch (IllegalArgumentException e) {
            throw new UsageException("key " + key + ": " + place + " cannot be read: " + e.getMessage(), e);
        }
    }
}
