package io.promptroutes.component;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaComponentConfigurer;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.kafka.KafkaEndpointConfigurer;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.util.PropertiesHelper;

/** The component {@code windowed-kafka}: camel-kafka as a source of which many records of a partition are under way at once. */
@Component("windowed-kafka")
public final class WindowedKafkaComponent extends KafkaComponent {

    private boolean configured;

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        PromptComponent.of(getCamelContext()); // before any step of a route is made
    }

    @Override
    protected KafkaEndpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        configure();
        Map<String, Object> client = PropertiesHelper.extractProperties(parameters, "additionalProperties.");
        WindowedKafkaEndpoint endpoint = new WindowedKafkaEndpoint(uri, this);
        KafkaConfiguration configuration = getConfiguration().copy();
        configuration.setAdditionalProperties(new HashMap<>(configuration.getAdditionalProperties()));
        endpoint.setConfiguration(configuration);
        Map<String, Object> own = new HashMap<>();
        WindowedKafkaEndpoint.OPTIONS.stream().filter(parameters::containsKey).forEach(option -> own.put(option, parameters.remove(option)));
        PropertyBindingSupport.build().withCamelContext(getCamelContext()).withTarget(endpoint).withProperties(own).withReflection(true).bind();
        setProperties(endpoint, parameters);
        if (!client.isEmpty()) {
            Map<String, Object> properties = new HashMap<>();
            PropertyBindingSupport.bindProperties(getCamelContext(), properties, client);
            configuration.getAdditionalProperties().putAll(properties);
        }
        if (configuration.getSslContextParameters() == null) {
            configuration.setSslContextParameters(retrieveGlobalSslContextParameters());
        }
        endpoint.complete(remaining);
        return endpoint;
    }

    /** What is set once for {@code kafka:} (brokers, security) holds here too, where this component has none of its own. */
    private synchronized void configure() {
        if (!configured && getConfiguration().getBrokers() == null
                && getCamelContext().getComponent("kafka", false) instanceof KafkaComponent plain && plain != this) {
            setConfiguration(plain.getConfiguration().copy());
        }
        configured = true;
    }

    @Override
    public PropertyConfigurer getEndpointPropertyConfigurer() {
        return new KafkaEndpointConfigurer(); // for what is camel-kafka's
    }

    @Override
    public PropertyConfigurer getComponentPropertyConfigurer() {
        return new KafkaComponentConfigurer();
    }
}
