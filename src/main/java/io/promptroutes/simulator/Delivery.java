package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.promptroutes.prompt.Json;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** How a response goes out: at once, padded, in a dribble, or not at all. Event loop only; every wait is a timer. */
public record Delivery(Vertx vertx, SimulatorConfig config, HttpServerRequest request) {

    private static final long PADDING_MILLIS = 1_000;
    private static final Buffer PADDING = Buffer.buffer("\n         \n");

    /** A body as it is sent, with the mark that it is simulated. Small amounts of money have an exponent, as OpenRouter's have. */
    public static Buffer marked(ObjectNode body) {
        return Buffer.buffer(body.put("simulated", true).toString());
    }

    /** @param template JSON of an object, with {@code %s} in place of each value, which may be null */
    public static ObjectNode body(String template, Object... values) {
        return (ObjectNode) Json.tree(template.formatted(Stream.of(values).map(Json.MAPPER::valueToTree).toArray()).getBytes(StandardCharsets.UTF_8));
    }

    public static void refuse(HttpServerResponse response, Refused refused) {
        if (!response.closed()) {
            refused.headers().forEach(response::putHeader);
            json(response.setStatusCode(refused.status()), marked(refused.body()));
        }
    }

    public static void json(HttpServerResponse response, Buffer body) {
        response.putHeader("Content-Type", "application/json").end(body);
    }

    /** Names the generation and, where padding is on, commits the status before there is an answer. */
    void open(String generationId) {
        response().putHeader("Content-Type", "application/json").putHeader("X-Generation-Id", generationId);
        if (config.padding()) {
            response().setChunked(true);
            pad();
        }
    }

    /** Goes on after so many milliseconds, keeping an open response alive meanwhile. */
    void after(long millis, Runnable next) {
        if (millis <= 0) {
            next.run();
        } else if (response().headWritten() && millis > PADDING_MILLIS) {
            vertx.setTimer(PADDING_MILLIS, timer -> {
                pad();
                after(millis - PADDING_MILLIS, next);
            });
        } else {
            vertx.setTimer(millis, timer -> next.run());
        }
    }

    private HttpServerResponse response() {
        return request.response();
    }

    private void pad() {
        if (!clientGone()) {
            response().write(PADDING);
        }
    }

    boolean clientGone() {
        return response().closed();
    }

    void whole(Buffer body) {
        if (!clientGone()) {
            response().end(body);
        }
    }

    public void dribble(Buffer body) {
        if (!response().headWritten()) {
            response().setChunked(true);
        }
        dribble(body, config.faults().dribbleMax().dividedBy(config.faults().dribbleInterval()));
    }

    private void dribble(Buffer body, long bytesLeft) {
        if (bytesLeft <= 0 || body.length() == 1) {
            whole(body);
        } else if (!clientGone()) {
            response().write(body.slice(0, 1));
            vertx.setTimer(config.faults().dribbleInterval().toMillis(), timer -> dribble(body.slice(1, body.length()), bytesLeft - 1));
        }
    }

    /** The page of an edge that waited in vain for the server behind it. */
    public void html() {
        if (!clientGone()) {
            response().setStatusCode(524).putHeader("Content-Type", "text/html; charset=UTF-8").end("""
                    <!DOCTYPE html>
                    <html><head><title>524: A timeout occurred</title></head>
                    <body><h1>Error 524</h1><p>simulated: the origin did not answer in time</p></body></html>
                    """);
        }
    }

    /** Without lingering, closing sends RST instead of FIN. */
    public void reset() {
        Channel channel = ((ConnectionBase) request.connection()).channel();
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }
}
