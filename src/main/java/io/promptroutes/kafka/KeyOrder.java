package io.promptroutes.kafka;

import io.promptroutes.flow.Variables;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ReactiveExecutor;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Holds an exchange back until the record before it of the same key is done, without a thread; ends it where its partition is gone.
 * Must stand behind a seda queue: the poll thread itself would wait for the exchange. Where keys have no order it holds nothing.
 * Thread-safe. What follows runs on the thread that finished the predecessor, scheduled by Camel so that a row of short exchanges
 * does not pile up on its stack.
 */
public final class KeyOrder extends AsyncProcessorSupport {

    private final Runnable dropped;

    /** @param dropped told of each exchange that ends here */
    public KeyOrder(Runnable dropped) {
        this.dropped = dropped;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Acknowledgement record = exchange.getVariable(Variables.ACKNOWLEDGEMENT, Acknowledgement.class);
        if (record == null) {
            callback.done(true);
            return true;
        }
        ReactiveExecutor executor = exchange.getContext().getCamelContextExtension().getReactiveExecutor();
        if (record.awaitTurn(() -> executor.schedule(() -> {
            check(exchange, record);
            callback.done(false);
        }))) {
            return false;
        }
        check(exchange, record);
        callback.done(true);
        return true;
    }

    private void check(Exchange exchange, Acknowledgement record) {
        if (!record.mayStart()) {
            dropped.run();
            exchange.setRouteStop(true);
        }
    }
}
