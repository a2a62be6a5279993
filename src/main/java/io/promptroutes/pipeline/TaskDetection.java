package io.promptroutes.pipeline;

import io.promptroutes.flow.Variables;
import io.promptroutes.task.Detection;
import io.promptroutes.task.Detector;
import io.promptroutes.task.Keywords;
import io.promptroutes.task.Lexicon;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;

/** The beans of {@code detect-task.camel.yaml}: they say what is in a text; what follows from it is the route's to say. */
public final class TaskDetection {

    /** More would hide what counts. */
    private static final int REASONS = 5;
    private static final String UNSURE = "[unsure]";

    private TaskDetection() {
    }

    /**
     * Exchange variable {@code detection}; the likeliest task is variable {@code task}.
     *
     * @param signs      keywords' tasks, or signs of the text's shape
     * @param confidence from 0 to 1; null where nothing is weighed
     * @param reasons    that speak most for the task
     */
    public record Found(Collection<String> signs, Double confidence, List<String> reasons) implements Iterable<String> {

        /** The signs, so that a route asks {@code ${variable.detection} contains '[sign]'}: a member of it would be looked up for each question. */
        @Override
        public Iterator<String> iterator() {
            return signs.iterator();
        }

        /** Short, since Camel puts it into a message for each question that is answered with no. */
        @Override
        public String toString() {
            return signs.toString();
        }
    }

    /** @param unsure confidence, below which the likeliest task is not to be believed @param detector asked anew for every text */
    public static void bind(Main main, Map<String, List<String>> keywords, double unsure, Supplier<Detector> detector) {
        Keywords original = new Keywords(keywords);
        Processor findKeywords = exchange -> {
            List<String> found = original.find(exchange.getVariable(Variables.TEXT, String.class));
            exchange.setVariable(Variables.DETECTION, new Found(found, null, found));
            exchange.setVariable(Variables.TASK, found.isEmpty() ? null : found.get(0));
        };
        main.bind("findKeywords", findKeywords);
        Processor weighWords = exchange -> weigh(exchange, detector.get(), unsure);
        main.bind("weighWords", weighWords);
    }

    private static void weigh(Exchange exchange, Detector detector, double unsure) {
        Detection detection = detector.detect(exchange.getVariable(Variables.TEXT, String.class));
        Set<String> signs = detection.signs();
        if (detection.confidence() < unsure) {
            signs = new HashSet<>(signs);
            signs.add(UNSURE);
        }
        exchange.setVariable(Variables.DETECTION, new Found(signs, detection.confidence(),
                detection.strongest(REASONS, 1).stream().map(Lexicon.Row::feature).toList()));
        exchange.setVariable(Variables.TASK, detection.task());
    }
}
