package io.promptroutes.settings;

import io.promptroutes.prompt.Task;
import io.promptroutes.routing.Detector;
import io.promptroutes.routing.Features;
import io.promptroutes.routing.Lexicon;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The keys {@code detection.*} in the types that detection wants. Each read looks at its files anew. */
public final class DetectionSettings {

    private final Settings settings;

    public DetectionSettings(Settings settings) {
        this.settings = settings;
    }

    public Map<Task, List<String>> keywords() {
        Map<Task, List<String>> keywords = new EnumMap<>(Task.class);
        settings.below("detection.keywords.").forEach((task, words) -> keywords.put(task("detection.keywords.", task), Settings.split(words)));
        return keywords;
    }

    public Detector detector() {
        return new Detector(features(), table("detection.lexicon", Lexicon::of));
    }

    public Features features() {
        return table("detection.concepts", Features::new);
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

    private static Task task(String prefix, String name) {
        try {
            return Task.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new UsageException("key " + prefix + name + " names no task; tasks are " + Arrays.toString(Task.values()));
        }
    }
}
