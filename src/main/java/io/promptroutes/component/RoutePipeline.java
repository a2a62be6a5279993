package io.promptroutes.component;

import io.promptroutes.pipeline.Pipeline;
import java.util.Collection;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.util.StringHelper;

/** Which pipeline a route names. Stateless. */
final class RoutePipeline {

    private static final String STEP = "prompt:";

    private RoutePipeline() {
    }

    /** The pipeline of the first step {@code prompt:} in that route; null where there is none. */
    static Pipeline of(CamelContext camel, String routeId, PromptComponent prompts) {
        RouteDefinition route = camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinition(routeId);
        if (route == null) {
            return null;
        }
        Collection<ToDefinition> steps = ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class);
        return steps.stream().map(ToDefinition::getEndpointUri).filter(uri -> uri != null && uri.startsWith(STEP))
                .map(uri -> prompts.pipeline(StringHelper.before(uri.substring(STEP.length()), "?", uri.substring(STEP.length())).replaceFirst("^//", "")))
                .filter(found -> found != null).findFirst().orElse(null);
    }
}
