package io.promptroutes.cli;

import io.promptroutes.app.Endpoint;
import io.promptroutes.component.SourceSample;
import io.promptroutes.component.StepOptions;
import io.promptroutes.file.InputFiles;
import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.Finding;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Some records for {@code check --sample}, as the pipelines that would be asked about them take them. For one thread. */
final class Samples {

    private static final int MOST = 10;

    private final String where;
    private final String origin;
    /** By the pipeline's name. */
    private final Map<String, StepOptions> steps = new LinkedHashMap<>();
    private final Map<String, List<Inbound>> records = new LinkedHashMap<>();

    private Samples(String where, String origin) {
        this.where = where;
        this.origin = origin;
    }

    /**
     * Reads the first ten lines of a file, for every pipeline, or the latest ten records of a topic, for those that read it.
     *
     * @param steps     what each pipeline asks, by its name
     * @param pipelines whose routes are made and do not run
     * @param trusted   whose certificates a registry may have; null for those of the JVM
     * @return null where there are none, which {@code found} is told
     */
    static Samples of(String where, Map<String, StepOptions> steps, CamelContext pipelines, SSLContext trusted, boolean offline, Consumer<Finding> found) {
        if (file(where)) {
            Samples samples = new Samples(where, "the first of file " + where);
            steps.forEach((name, step) -> samples.add(name, step, lines(Path.of(where), step)));
            return samples;
        }
        List<SourceSample> sources = SourceSample.of(pipelines);
        if (sources.stream().noneMatch(source -> source.reads(where))) {
            String read = new TreeSet<>(sources.stream().map(SourceSample::topics).toList()).stream().collect(Collectors.joining(", "));
            found.accept(Finding.fault("--sample " + where + " is neither a file nor a topic that a pipeline reads", "",
                    read.isEmpty() ? "name a file: no route with a step prompt: reads a topic" : "name a file, or one of these topics: " + read));
            return null;
        }
        if (offline) {
            found.accept(Finding.fault("--sample " + where + " is a topic, which cannot be read with --offline", "", "leave --offline out, or name a file"));
            return null;
        }
        Samples samples = new Samples(where, "the latest of topic " + where);
        for (SourceSample source : sources.stream().filter(one -> one.reads(where)).toList()) {
            try {
                StepOptions step = steps.get(source.pipeline());
                samples.add(source.pipeline(), step, source.latest(where, MOST, step.prompts().maxBytes(), trusted));
            } catch (Exception e) { // of the client, the brokers or a registry, which have many
                found.accept(Finding.fault("topic " + where + " cannot be sampled: " + (e instanceof IllegalStateException ? e : ExceptionUtils.getRootCause(e)).getMessage(), "",
                        "see to the broker or the registry that it names, then run check again"));
                return null;
            }
        }
        return samples;
    }

    private static boolean file(String where) {
        try {
            return Files.isRegularFile(Path.of(where));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static List<Inbound> lines(Path file, StepOptions step) {
        List<Inbound> lines = new ArrayList<>();
        try (InputFiles all = new InputFiles(Map.of(file.getFileName().toString(), file), step.prompts(), null, false)) {
            while (lines.size() < MOST && all.hasNext()) {
                lines.add(all.next());
            }
        }
        return lines;
    }

    private void add(String pipeline, StepOptions step, List<Inbound> read) {
        steps.put(pipeline, step);
        records.put(pipeline, read.stream().map(step::taken).toList());
    }

    /** Says for each pipeline what would become of them. Nothing is called. @param called by a pipeline of that name */
    void print(Function<String, Endpoint> called, boolean offline, PrintWriter out, Consumer<Finding> found) throws InterruptedException {
        for (Map.Entry<String, StepOptions> one : steps.entrySet()) {
            List<Inbound> taken = records.get(one.getKey());
            out.println("pipeline    " + one.getKey() + ": " + taken.size() + (taken.size() == 1 ? " record, " : " records, ") + Shown.of(origin, Shown.NAME) + "; nothing was called"
                    + (file(where) ? "" : ", no offset was committed"));
            PipelineSample sample = new PipelineSample(one.getKey(), one.getValue(), taken);
            sample.run(called.apply(one.getKey()), offline);
            sample.print(out);
            sample.findings(found);
            out.println();
        }
        if (steps.isEmpty()) {
            found.accept(Finding.fault("--sample " + where + ": no route has a step prompt:", "", "put a route file into ./routes, or name shipped ones (key pipelines)"));
        }
    }
}
