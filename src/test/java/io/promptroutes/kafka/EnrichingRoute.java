package io.promptroutes.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;

/** The shape of the real routes with nothing else in it: topic, window, queue, key order, slow work, topic, acknowledgement. */
final class EnrichingRoute implements AutoCloseable {

    /** @param client more options of the consuming endpoint, as in its URI */
    record Topics(String brokers, String group, String in, String out, String client) {
    }

    /** Given key, value and whether it is the first try; what fails is tried again after 10 ms. */
    interface Work extends BiFunction<String, String, CompletionStage<?>> {
    }

    private static final String BYTES = "org.apache.kafka.common.serialization.ByteArray";

    final InFlightWindow window;
    final AtomicBoolean mayTake = new AtomicBoolean(true);
    /** {@code partition-offset} of all records handed to the route, in this order, repeats included. */
    final ConcurrentLinkedQueue<String> started = new ConcurrentLinkedQueue<>();
    /** Those whose result was acknowledged by the broker. */
    final Map<String, Boolean> finished = new ConcurrentHashMap<>();
    final DefaultCamelContext camel = new DefaultCamelContext();

    EnrichingRoute(Topics topics, WindowLimits limits, Work work) throws Exception {
        window = new InFlightWindow(limits, mayTake::get, Clock.systemUTC());
        camel.getRegistry().bind("inFlight", window);
        camel.getShutdownStrategy().setTimeout(3);
        camel.getShutdownStrategy().setLogInflightExchangesOnTimeout(false);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(defaultErrorHandler().maximumRedeliveries(-1).redeliveryDelay(10).asyncDelayedRedelivery());
                from("kafka:" + topics.in() + "?brokers=" + topics.brokers() + "&groupId=" + topics.group()
                        + "&kafkaClientFactory=#inFlight&kafkaManualCommitFactory=#inFlight&allowManualCommit=true&autoCommitEnable=false"
                        + "&autoOffsetReset=earliest&pollTimeoutMs=200&pollOnError=RECONNECT&shutdownTimeout=20000"
                        + "&keyDeserializer=" + BYTES + "Deserializer"
                        + "&partitionAssignor=org.apache.kafka.clients.consumer.CooperativeStickyAssignor" + topics.client())
                        .routeId("intake").startupOrder(100)
                        .to("seda:taken?waitForTaskToComplete=Never&size=1000000");
                from("seda:taken?concurrentConsumers=4&size=1000000&pollTimeout=100")
                        .process(new AsyncProcessorSupport() {
                            @Override
                            public boolean process(Exchange exchange, AsyncCallback callback) {
                                return turn(exchange, callback);
                            }
                        })
                        .process(exchange -> started.add(at(exchange)))
                        .process(new AsyncProcessorSupport() {
                            @Override
                            public boolean process(Exchange exchange, AsyncCallback callback) {
                                return work(exchange, work, callback);
                            }
                        })
                        .process(exchange -> exchange.getMessage().setBody(at(exchange)))
                        .to("kafka:" + topics.out() + "?brokers=" + topics.brokers() + "&keySerializer=" + BYTES + "Serializer&lingerMs=5")
                        .process(exchange -> {
                            finished.put(at(exchange), true);
                            InFlightWindow.claimed(exchange).done();
                        });
            }
        });
        camel.start();
    }

    /** In the order of its key, while its partition is ours. */
    private static boolean turn(Exchange exchange, AsyncCallback callback) {
        Acknowledgement record = InFlightWindow.claimed(exchange);
        boolean waits = record.awaitTurn(() -> exchange.getContext().getCamelContextExtension().getReactiveExecutor().schedule(() -> {
            exchange.setRouteStop(!record.mayStart());
            callback.done(false);
        }));
        if (!waits) {
            exchange.setRouteStop(!record.mayStart());
            callback.done(true);
        }
        return !waits;
    }

    private static boolean work(Exchange exchange, Work work, AsyncCallback callback) {
        byte[] key = exchange.getMessage().getHeader("kafka.KEY", byte[].class);
        work.apply(key == null ? null : new String(key, StandardCharsets.UTF_8), exchange.getMessage().getBody(String.class))
                .whenComplete((nothing, failure) -> {
                    if (failure != null) {
                        exchange.setException(failure);
                    }
                    callback.done(false);
                });
        return false;
    }

    static String at(Exchange exchange) {
        return exchange.getMessage().getHeader("kafka.PARTITION") + "-" + exchange.getMessage().getHeader("kafka.OFFSET");
    }

    @Override
    public void close() {
        window.leave();
        camel.stop();
    }
}
