package io.promptroutes.component;

import com.fasterxml.jackson.databind.node.TextNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.file.ShapedLine;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Inbound;
import io.promptroutes.pipeline.JobLine;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.camel.Exchange;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** One line of a file on its way through the route of its inbox, and what it came to on its way into the file's folder. Its steps follow one another. */
final class LineDelivery extends RouteTries {

    private final InboxConsumer source;
    private final InboxFile file;
    private final FileLine line;
    private int failures;

    LineDelivery(InboxConsumer source, InboxFile file, Inbound inbound) {
        this.source = source;
        this.file = file;
        line = new FileLine(inbound, new JobLine(file.job()), inbound.bytes() == null ? "" : new String(inbound.bytes(), StandardCharsets.UTF_8));
    }

    @Override
    public void run() {
        if (source.leaving()) {
            leave();
            return;
        }
        Exchange exchange = source.exchange();
        line.in(exchange);
        exchange.getMessage().setHeader(Exchange.FILE_NAME, line.inbound().source().file());
        go(exchange, source.getAsyncProcessor());
    }

    @Override
    void ended(Exchange exchange) {
        Exception failure = exchange.getException();
        PromptFailed prompt = ExceptionUtils.throwableOfType(failure, PromptFailed.class);
        Ending ending = exchange.getProperty(FileLine.ENDING, Ending.class);
        Object body = exchange.getMessage().getBody();
        boolean failed = exchange.isFailed() || exchange.isRollbackOnly();
        source.releaseExchange(exchange, false);
        if (failed && (prompt == null || !prompt.isDecided())) {
            again(failure);
        } else if (ending == null && source.leaving()) { // it may have been given up
            leave();
        } else if (ending == null) { // its route asked nothing
            over();
        } else {
            keep(failed || ending.json() == Ending.STANDING || !ending.answered() ? ending : shaped(ending, body));
        }
    }

    private void again(Throwable failure) {
        if (source.leaving()) {
            leave();
            return;
        }
        long pause = pauseMillis(failures);
        String why = "the route of " + line.inbound().source().file() + " fails on line " + line.inbound().source().line() + ": " + Faults.words(failure);
        failures++;
        source.failing(line, why);
        source.later(this, pause);
    }

    /** With what the route has made of the result. */
    private static Ending shaped(Ending ending, Object body) {
        byte[] made = Bodies.json(body);
        if (made == null) {
            byte[] text = body instanceof byte[] bytes ? bytes : String.valueOf(body).getBytes(StandardCharsets.UTF_8);
            if (Arrays.equals(text, ending.json())) {
                return ending;
            }
            made = Json.tree(text).isMissingNode() ? Json.bytes(TextNode.valueOf(new String(text, StandardCharsets.UTF_8))) : Json.bytes(Json.tree(text));
        }
        byte[] line = ShapedLine.of(Json.tree(made), Json.tree(ending.json()));
        return new Ending(ending.id(), ending.identity(), ending.source(), ending.work(), true, ending.again(), line, ending.traceparent());
    }

    /** A full disk is waited out. */
    private void keep(Ending ending) {
        try {
            file.sinks().take(ending);
        } catch (IOException | UncheckedIOException e) {
            if (source.leaving()) {
                leave();
            } else {
                source.failing(line, "results cannot be written to " + file.claim().outputs() + ": " + e);
                source.later(() -> keep(ending), source.writeAgainMillis());
            }
            return;
        }
        source.engines().arrived(ending);
        over();
    }

    private void leave() {
        file.leave();
        over();
    }

    private void over() {
        source.failsNoMore(line);
        file.finish();
    }
}
