package io.promptroutes.component;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** The component {@code inbox}: files that are put into a folder, each with its results. */
@Component("inbox")
public final class InboxComponent extends DefaultComponent {

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        PromptComponent.of(getCamelContext()); // before any step of a route is made
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (remaining.isBlank()) {
            throw new IllegalArgumentException(uri + ": the folder is missing (inbox:DIR)");
        }
        InboxEndpoint endpoint = new InboxEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
