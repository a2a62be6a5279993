package io.promptroutes.cli;

import io.promptroutes.flow.Variables;
import io.promptroutes.pipeline.TaskDetection;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.UsageException;
import io.promptroutes.task.Detector;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.Main;

/** The route that finds a prompt's task, running by itself: a user's own one is judged as it will decide. One use: ask, close. */
final class DetectionRoute implements AutoCloseable {

    private static final String FILE = "routes/engine/detect-task.camel.yaml";

    private final Main main = new Main();
    private final ProducerTemplate template;
    private final List<String> tasks;

    DetectionRoute(RouteSettings settings, Supplier<Detector> detector) {
        tasks = settings.detection().tasks();
        TaskDetection.bind(main, settings.detection().keywords(), settings.detection().unsure(), detector);
        main.setOverrideProperties(settings.properties());
        main.setDefaultPropertyPlaceholderLocation("false");
        main.configure().withRoutesIncludePattern(RouteFiles.places(Path.of("")).get(FILE));
        main.configure().withJmxEnabled(false);
        main.configure().withAutoConfigurationLogSummary(false);
        try {
            main.start();
        } catch (Exception e) {
            throw new UsageException(FILE + " does not start: " + e.getMessage(), e);
        }
        template = main.getCamelContext().createProducerTemplate();
    }

    String task(String prompt) {
        Exchange exchange = template.send("direct:detect-task", asked -> asked.setVariable(Variables.TEXT, prompt));
        if (exchange.getException() != null) {
            throw new UsageException(FILE + " fails: " + exchange.getException().getMessage(), exchange.getException());
        }
        String task = exchange.getVariable(Variables.TASK, String.class);
        if (!tasks.contains(task)) {
            throw new UsageException(FILE + " finds task " + task + ", which has no keys tasks." + task + ".*");
        }
        return task;
    }

    @Override
    public void close() {
        main.stop();
    }
}
