package io.promptroutes.simulator.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.simulator.Catalogue;
import io.promptroutes.simulator.Delivery;
import io.promptroutes.simulator.Refused;
import io.promptroutes.simulator.SimulatorConfig;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The paths {@code /batches}, and what befalls their calls. Event loop only. */
public final class BatchRoutes {

    private static final Pattern PATH = Pattern.compile("/api/(v1|beta)/batches(?:/([^/]+)(/results)?)?");
    private static final Pattern BASE = Pattern.compile("/api/(v1|beta)/batches(/.*)?");

    private final Vertx vertx;
    private final Batches batches;
    private Random random = new Random(1);
    private SimulatorConfig current;

    /**
     * A call.
     *
     * @param refused why its key or account is refused, or null
     */
    public record Call(HttpServerRequest http, SimulatorConfig config, Catalogue catalogue, Refused refused, String keyHash) {

        private BatchConfig batch() {
            return config.batch();
        }

        private HttpServerResponse response() {
            return http.response();
        }

        /** With a key, whatever the credit. */
        private void mayRead() throws Refused {
            if (refused != null && refused.status() == 401) {
                throw refused;
            }
        }
    }

    public BatchRoutes(Vertx vertx, Batches batches) {
        this.vertx = vertx;
        this.batches = batches;
    }

    public static boolean concern(String path) {
        return BASE.matcher(path).matches();
    }

    public void handle(Call call) {
        if (current != call.config()) {
            current = call.config();
            random = new Random(current.seed());
        }
        Matcher path = PATH.matcher(call.http().path());
        boolean known = path.matches();
        Matcher base = BASE.matcher(call.http().path());
        boolean there = base.matches() && call.batch().routes().contains(base.group(1));
        HttpMethod method = call.http().method();
        if (!there || known && path.group(3) != null && !call.batch().routes().contains("pages")) {
            webSite(call.response());
        } else if (!known) {
            noRoute(call.response());
        } else if (path.group(2) == null && method == HttpMethod.POST) {
            submit(call);
        } else if (method == HttpMethod.GET) {
            read(call, path);
        } else if (method == HttpMethod.DELETE && path.group(2) != null && path.group(3) == null && call.batch().routes().contains("delete")) {
            delete(call, path.group(2));
        } else {
            noRoute(call.response());
        }
    }

    private BatchFault drawn(Call call, String kind) {
        return BatchFault.drawn(kind, call.batch().faults(), random.nextDouble() * 100);
    }

    private void submit(Call call) {
        batches.arrived();
        BatchFault fault = drawn(call, "submit");
        call.http().body().onSuccess(bytes -> {
            try {
                if (call.refused() != null) {
                    throw call.refused();
                }
                BatchFault.refuse(fault, call.config().faults().retryAfterSeconds());
                if (fault == BatchFault.SUBMIT_RESET) {
                    delivery(call).reset();
                    return;
                }
                if (bytes.length() > call.batch().refusals().mostBytes()) {
                    throw new Refused(413, "A batch must have at most " + call.batch().refusals().mostBytes() + " bytes");
                }
                BatchRequest request = BatchRequest.parse(bytes.getBytes(), call.batch().refusals(), call.catalogue());
                if (fault == BatchFault.SUBMIT_422) {
                    throw BatchRequest.doubled(1, request.lines().get(0).customId());
                }
                Batch batch = batches.add(request, call.batch(), call.keyHash(), call.config().seed(), call.config().record());
                accepted(call, fault, batch);
            } catch (Refused refused) {
                Delivery.refuse(call.response(), refused);
            }
        });
    }

    private void accepted(Call call, BatchFault fault, Batch batch) throws Refused {
        if (fault == BatchFault.SUBMIT_RESET_COMMITTED) {
            delivery(call).reset();
        } else if (fault == BatchFault.SUBMIT_502_COMMITTED) {
            throw BatchFault.unavailable();
        } else if (fault != BatchFault.SUBMIT_SILENT_COMMITTED) {
            Delivery.json(call.response().setStatusCode(202), Delivery.marked(batch.body(batches.now())));
        }
    }

    private void read(Call call, Matcher path) {
        Instant now = batches.now(); // before all are settled by a later one: none has ended by this that has no answers
        BatchFault fault = drawn(call, "poll");
        try {
            call.mayRead();
            if (fault == BatchFault.POLL_HTML) {
                delivery(call).html();
                return;
            }
            BatchFault.refuse(fault, call.config().faults().retryAfterSeconds());
            deliver(call, fault, path.group(2) == null
                    ? Delivery.marked(BatchListing.of(batches.listed(call.batch().times().listLag()), call.http().params(), now))
                    : found(call, path.group(2), path.group(3) != null, now));
        } catch (Refused refused) {
            Delivery.refuse(call.response(), refused);
        }
    }

    private Buffer found(Call call, String id, boolean page, Instant now) throws Refused {
        Batch batch = batches.find(id, call.batch().times().lag());
        return page ? ResultPages.page(batch, call.http().getParam("cursor"), call.batch().results().page(), now)
                : ResultPages.inline(batch, call.batch().results().inline(), now);
    }

    private void deliver(Call call, BatchFault fault, Buffer body) {
        if (fault == BatchFault.POLL_SLOW) {
            call.response().putHeader("Content-Type", "application/json");
            delivery(call).dribble(body);
        } else if (fault == BatchFault.POLL_CUT) {
            call.response().putHeader("Content-Type", "application/json").putHeader("Content-Length", Integer.toString(body.length()));
            call.response().write(body.slice(0, body.length() / 2)).onComplete(written -> call.http().connection().close());
        } else {
            Delivery.json(call.response(), body);
        }
    }

    private void delete(Call call, String id) {
        try {
            call.mayRead();
            Batch batch = batches.find(id, call.batch().times().lag());
            BatchFault.refuse(drawn(call, "delete"), 0);
            batches.delete(batch);
            ObjectNode body = Delivery.body("""
                    {"id": %s, "object": "batch", "deletion": {"openrouter": "deleted", "upstream": {"provider": "Simulated", "status": "not_applicable"}}}
                    """, id);
            Delivery.json(call.response(), Delivery.marked(body));
        } catch (Refused refused) {
            Delivery.refuse(call.response(), refused);
        }
    }

    private Delivery delivery(Call call) {
        return new Delivery(vertx, call.config(), call.http());
    }

    /** As for a path that the API does not have, or not for this account. */
    private static void webSite(HttpServerResponse response) {
        response.setStatusCode(404).putHeader("Content-Type", "text/html; charset=utf-8")
                .end("<!DOCTYPE html><html><head><title>Not Found | OpenRouter (simulated)</title></head><body>404</body></html>");
    }

    /** As for a method or a path below one that the API has. */
    private static void noRoute(HttpServerResponse response) {
        response.setStatusCode(404).putHeader("Content-Type", "text/plain; charset=UTF-8").end("404 Not Found");
    }
}
