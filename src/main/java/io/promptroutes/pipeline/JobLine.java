package io.promptroutes.pipeline;

import io.promptroutes.prompt.Prompt;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** One line of a job. Its prompts are known as before when its route, or a step of it, is tried again: nothing is paid twice. Thread-safe. */
public final class JobLine extends Job {

    private final Job whole;
    private final Set<String> had = new HashSet<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    public JobLine(Job whole) {
        super(whole);
        this.whole = whole;
    }

    /** Two steps of one route may ask about the same line. */
    @Override
    synchronized boolean firstSeen(String id) {
        return had.contains(id) || whole.firstSeen(id) && had.add(id);
    }

    /** Numbered by pipeline: in which order second steps come depends on how fast the first ones were answered. */
    @Override
    Prompt identified(Prompt prompt, String pipeline) {
        return numbered(prompt, pipeline);
    }

    @Override
    synchronized int number(String record) {
        return numbers.computeIfAbsent(record, whole::number);
    }
}
