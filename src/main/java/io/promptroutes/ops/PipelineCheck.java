package io.promptroutes.ops;

import io.promptroutes.PromptFailed;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.ServiceTier;
import io.promptroutes.settings.Finding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;
import org.apache.commons.lang3.function.Failable;

/** What pipelines need that no start would show: where records end that have no answer. Stateless. */
final class PipelineCheck {

    private static final Set<String> TAKING = Set.of(PromptFailed.class.getName(), Exception.class.getName(), Throwable.class.getName());

    private static final Set<String> HTTP = Set.of("platform-http", "netty-http", "jetty", "servlet", "undertow", "rest");

    private PipelineCheck() {
    }

    static void check(List<RouteModel> files, Properties keys, Consumer<Finding> found) {
        boolean everywhere = files.stream().flatMap(file -> file.configurations.stream()).anyMatch(one -> one.getOnExceptions().stream().anyMatch(PipelineCheck::takes));
        files.stream().flatMap(file -> file.routes.stream()).filter(route -> "none".equals(options(route, keys).get("deadLetters")) && !everywhere)
                .filter(route -> route.getOutputs().stream().noneMatch(step -> step instanceof OnExceptionDefinition clause && takes(clause)))
                .forEach(route -> found.accept(Finding.warning("route " + route.getId() + " has deadLetters=none and no clause for " + PromptFailed.class.getName()
                        + ": a record that has no answer is tried again without end", RouteModel.where(route), "name a topic, or add a clause onException for it")));
        files.stream().flatMap(file -> file.routes.stream()).forEach(route -> waiting(route, keys, found));
    }

    /** Where an answer may take a day, nobody can be made to wait for it. */
    private static void waiting(RouteDefinition route, Properties keys, Consumer<Finding> found) {
        String source = StringHelper.before(resolved(route.getInput().getEndpointUri(), keys), ":", "");
        boolean inOrder = source.equals("windowed-kafka") && "key".equals(String.valueOf(options(route, keys).getOrDefault("order", keys.getProperty("prompts.order"))));
        if (!inOrder && !HTTP.contains(source)) {
            return;
        }
        ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class).stream().map(step -> resolved(step.getEndpointUri(), keys))
                .filter(address -> address.startsWith("prompt:") && waits(address)).findFirst()
                .ifPresent(address -> found.accept(Finding.fault("route " + route.getId() + " asks at service tier batch, whose answers may take a day, " + (inOrder
                        ? "and order=key, which has a key's next record wait for each" : "and is asked over HTTP, where somebody waits for each"), RouteModel.where(route),
                        inOrder ? "take order=unordered" : "take another service tier, such as flex")));
    }

    /** Whether a step asks at service tier batch, in option serviceTier or as a field of option request. */
    private static boolean waits(String address) {
        Map<String, String> options = PipelineFiles.options(address);
        String field = Json.tree(options.getOrDefault("request", "").getBytes(StandardCharsets.UTF_8)).path(ServiceTier.FIELD).asText();
        return ServiceTier.BATCH.toString().equalsIgnoreCase(options.getOrDefault("serviceTier", field).strip());
    }

    private static boolean takes(OnExceptionDefinition clause) {
        return clause.getExceptions().stream().anyMatch(TAKING::contains);
    }

    static Map<String, Object> options(RouteDefinition route, Properties keys) {
        return Failable.get(() -> URISupport.parseQuery(resolved(StringHelper.after(route.getInput().getEndpointUri(), "?", ""), keys)));
    }

    /** With the values of keys in place of them. */
    static String resolved(String text, Properties keys) {
        String resolved = text;
        for (String key : keys.stringPropertyNames()) {
            resolved = resolved.contains("{{") ? resolved.replace("{{" + key + "}}", keys.getProperty(key)) : resolved;
        }
        return resolved;
    }
}
