package io.promptroutes.route;

import io.promptroutes.routing.Detection;
import io.promptroutes.routing.Detector;
import io.promptroutes.routing.Keywords;
import io.promptroutes.routing.Lexicon;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;

/** The beans of {@code detect-task.camel.yaml}: they say what is in a text; what follows from it is the route's to say. */
public final class TaskDetection {

    /** More would hide what counts. */
    private static final int REASONS = 5;

    private TaskDetection() {
    }

    /** @param detector asked anew for every text */
    public static void bind(Main main, Map<String, List<String>> keywords, Supplier<Detector> detector) {
        Keywords original = new Keywords(keywords);
        Processor findKeywords = exchange -> {
            List<String> found = original.find(exchange.getVariable("text", String.class));
            exchange.setVariable("likeliest", found.isEmpty() ? null : found.get(0));
            exchange.setVariable("reasons", found);
        };
        main.bind("findKeywords", findKeywords);
        Processor weighWords = exchange -> weigh(exchange, detector.get());
        main.bind("weighWords", weighWords);
    }

    private static void weigh(Exchange exchange, Detector detector) {
        Detection detection = detector.detect(exchange.getVariable("text", String.class));
        exchange.setVariable("signs", detection.signs());
        exchange.setVariable("likeliest", detection.task());
        exchange.setVariable("confidence", detection.confidence());
        exchange.setVariable("reasons", detection.strongest(REASONS, 1).stream().map(Lexicon.Row::feature).toList());
    }
}
