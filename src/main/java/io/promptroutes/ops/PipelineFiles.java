package io.promptroutes.ops;

import io.promptroutes.settings.RouteFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;
import org.apache.commons.lang3.function.Failable;

/** The route files of the pipelines that run, and what can be read in them beforehand. Immutable. */
public final class PipelineFiles {

    private static final String SOURCE = "windowed-kafka";
    private static final String SINK = "kafka:";
    private static final String STEP = "prompt:";
    /** That begin a route which another one calls. */
    private static final Set<String> INNER = Set.of("direct", "seda");

    private final Map<String, String> places;
    /** Null where one of them cannot be read, which Camel tells. */
    private final RouteModel model;

    private PipelineFiles(Map<String, String> places, RouteModel model) {
        this.places = places;
        this.model = model;
    }

    /**
     * The user's in a folder and, of the shipped ones, those that are wanted: without any, {@code prompts} where the user's have no source.
     *
     * @throws io.promptroutes.settings.UsageException where a shipped one is wanted that is none
     */
    public static PipelineFiles of(Path folder, List<String> wanted) {
        Map<String, String> own = RouteFiles.pipelines(folder);
        List<String> shipped = new ArrayList<>(wanted);
        if (wanted.isEmpty() && (own.isEmpty() || !anySource(model(own)))) {
            shipped.add("prompts");
        }
        Map<String, String> all = new TreeMap<>(own);
        all.putAll(RouteFiles.shippedPipelines(folder, shipped));
        return new PipelineFiles(all, model(all));
    }

    private static RouteModel model(Map<String, String> places) {
        try {
            return RouteModel.of(places.values());
        } catch (Exception e) {
            return null;
        }
    }

    private static boolean anySource(RouteModel model) {
        return model == null || model.routes.stream().anyMatch(route -> !INNER.contains(StringHelper.before(RouteModel.begins(route), ":", "direct")));
    }

    /** By folder and name. */
    public Map<String, String> places() {
        return places;
    }

    /** Whether a route uses one of these components; also where that cannot be told. */
    public boolean uses(String... components) {
        return model == null || model.parts.stream().filter(part -> part.option().equals("uri"))
                .anyMatch(part -> Stream.of(components).anyMatch(one -> part.value().equals(one) || part.value().startsWith(one + ":")));
    }

    /** Whether a step {@code prompt:} is of that pipeline; also where that cannot be told. @param keys for placeholders */
    public boolean names(String pipeline, Properties keys) {
        return model == null || parts().stream().filter(part -> part.option().equals("uri")).map(part -> PipelineCheck.resolved(part.value(), keys))
                .filter(address -> address.startsWith(STEP)).map(PipelineFiles::named)
                .anyMatch(name -> name.equals(pipeline) || name.contains("{{") || name.contains("${"));
    }

    /** Options of a step {@code prompt:} of that pipeline, as texts by their names; null where no route here has one. @param keys for placeholders */
    public Map<String, String> step(String pipeline, Properties keys) {
        for (RouteModel.Part part : parts()) {
            String address = part.option().equals("uri") ? PipelineCheck.resolved(part.value(), keys) : "";
            if (address.startsWith(STEP) && named(address).equals(pipeline)) {
                return options(address);
            }
        }
        return null;
    }

    /** Of an address, as texts by their names. */
    static Map<String, String> options(String address) {
        Map<String, Object> options = Failable.get(() -> URISupport.parseQuery(StringHelper.after(address, "?", "")));
        URISupport.resolveRawParameterValues(options);
        Map<String, String> texts = new TreeMap<>();
        options.forEach((name, value) -> texts.put(name, value.toString()));
        return texts;
    }

    /** Topics that are read by {@code windowed-kafka:}. @param keys for placeholders */
    public Set<String> topics(Properties keys) {
        Set<String> topics = new HashSet<>();
        for (RouteDefinition route : routes()) {
            String address = route.getInput().getEndpointUri();
            if (address.startsWith(SOURCE + ":")) {
                Object topic = PipelineCheck.options(route, keys).get("topic");
                topics.addAll(split(PipelineCheck.resolved(topic == null ? named(address) : topic.toString(), keys)));
            }
        }
        return known(topics);
    }

    /** Topics that are written: those that a step {@code kafka:} names, and those of dead letters. @param keys for placeholders */
    public Set<String> written(Properties keys) {
        Set<String> topics = new HashSet<>();
        for (RouteDefinition route : routes()) {
            if (route.getInput().getEndpointUri().startsWith(SOURCE + ":")) {
                Object letters = PipelineCheck.options(route, keys).getOrDefault("deadLetters", keys.getProperty("kafka.topic.dead-letters"));
                topics.add(PipelineCheck.resolved(letters.toString(), keys));
            }
        }
        for (RouteModel.Part part : parts()) {
            String address = part.is(ToDefinition.class, "uri") ? PipelineCheck.resolved(part.value(), keys) : "";
            if (address.startsWith(SINK) && !address.contains("brokers=")) { // of other brokers we know nothing
                topics.add(named(address));
            }
        }
        topics.remove("none");
        return known(topics);
    }

    /** None where that cannot be told. */
    private List<RouteDefinition> routes() {
        return model == null ? List.of() : model.routes;
    }

    private List<RouteModel.Part> parts() {
        return model == null ? List.of() : model.parts;
    }

    /** What stands behind the component of an address. */
    private static String named(String address) {
        return StringHelper.after(StringHelper.before(address, "?", address), ":", "").replaceFirst("^//", "");
    }

    /** Without those whose names are known only when a record comes, or hang on a key that is nowhere, which is told elsewhere. */
    private static Set<String> known(Set<String> topics) {
        topics.removeIf(topic -> topic.contains("{{") || topic.contains("${"));
        return topics;
    }

    private static Collection<String> split(String names) {
        return Arrays.stream(names.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
    }
}
