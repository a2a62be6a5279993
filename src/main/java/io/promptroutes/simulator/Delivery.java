package io.promptroutes.simulator;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;

/** How a response goes out: at once, padded, cut, in a dribble, or not at all. Event loop only; every wait is a timer. */
final class Delivery {

    private static final Buffer PADDING = Buffer.buffer("\n         \n");

    private final Vertx vertx;
    private final SimulatorConfig config;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private boolean padding;

    Delivery(Vertx vertx, SimulatorConfig config, HttpServerRequest request) {
        this.vertx = vertx;
        this.config = config;
        this.request = request;
        this.response = request.response();
    }

    static void refuse(HttpServerResponse response, Refused refused) {
        if (!response.closed()) {
            refused.headers().forEach(response::putHeader);
            json(response.setStatusCode(refused.status()), Bodies.marked(refused.body()));
        }
    }

    static void json(HttpServerResponse response, Buffer body) {
        response.putHeader("Content-Type", "application/json").end(body);
    }

    /** Names the generation and, where padding is on, commits the status before there is an answer. */
    void open(String generationId) {
        response.putHeader("Content-Type", "application/json").putHeader("X-Generation-Id", generationId);
        padding = config.padding();
        if (padding) {
            response.setChunked(true);
            pad();
        }
    }

    /** Goes on after so many milliseconds, keeping an open response alive meanwhile. */
    void after(long millis, Runnable next) {
        long interval = config.paddingInterval().toMillis();
        if (millis <= 0) {
            next.run();
        } else if (padding && millis > interval) {
            vertx.setTimer(interval, timer -> {
                pad();
                after(millis - interval, next);
            });
        } else {
            vertx.setTimer(millis, timer -> next.run());
        }
    }

    boolean clientGone() {
        return response.closed();
    }

    void whole(Buffer body) {
        if (!clientGone()) {
            response.end(body);
        }
    }

    /** Half of the body, in a response that is complete as far as HTTP can tell. */
    void cut(Buffer body) {
        whole(body.slice(0, body.length() / 2));
    }

    void dribble(Buffer body) {
        if (!response.headWritten()) {
            response.setChunked(true);
        }
        long interval = config.faults().dribbleInterval().toMillis();
        dribble(body, 0, interval, config.faults().dribbleMax().toMillis() / interval);
    }

    void html(int status) {
        if (!clientGone()) {
            response.setStatusCode(status).putHeader("Content-Type", "text/html; charset=UTF-8")
                    .end("<!DOCTYPE html>\n<html><head><title>" + status + ": A timeout occurred</title></head>"
                            + "<body><h1>Error " + status + "</h1><p>simulated: the origin did not answer in time</p></body></html>\n");
        }
    }

    /** Without lingering, closing sends RST instead of FIN. */
    void reset() {
        Channel channel = ((ConnectionBase) request.connection()).channel();
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }

    private void dribble(Buffer body, int sent, long interval, long bytesLeft) {
        if (clientGone()) {
            return;
        }
        if (bytesLeft <= 0 || sent == body.length() - 1) {
            response.end(body.slice(sent, body.length()));
            return;
        }
        response.write(body.slice(sent, sent + 1));
        vertx.setTimer(interval, timer -> dribble(body, sent + 1, interval, bytesLeft - 1));
    }

    private void pad() {
        if (!clientGone()) {
            response.write(PADDING);
        }
    }
}
