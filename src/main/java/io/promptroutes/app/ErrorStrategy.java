package io.promptroutes.app;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.apache.camel.support.processor.DelegateProcessor;
import org.apache.camel.support.processor.DelegateSyncProcessor;

/**
 * Makes an Error that a step throws (a class that is missing, a recursion without an end) the exception of its exchange: clauses see it, and the
 * exchange ends. Camel 4.18 either calls nobody back, and holds the exchange for under way for ever, or lets it go on as if the step had been done.
 * Stateless.
 */
public final class ErrorStrategy implements InterceptStrategy {

    @Override
    public Processor wrapProcessorInInterceptors(CamelContext context, NamedNode definition, Processor target, Processor next) {
        boolean asynchronous = target instanceof AsyncProcessor && !(target instanceof DelegateSyncProcessor); // that one calls back before it throws
        return asynchronous ? new Asynchronous(target) : new DelegateSyncProcessor(new Synchronous(target));
    }

    private static final class Synchronous extends DelegateProcessor {

        Synchronous(Processor target) {
            super(target);
        }

        @Override
        public void process(Exchange exchange) throws Exception {
            try {
                super.process(exchange);
            } catch (Error e) {
                exchange.setException(e);
            }
        }
    }

    private static final class Asynchronous extends DelegateAsyncProcessor {

        Asynchronous(Processor target) {
            super(target);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            AtomicBoolean ended = new AtomicBoolean();
            try {
                return super.process(exchange, synchronously -> {
                    if (ended.compareAndSet(false, true)) { // else it threw before
                        callback.done(synchronously);
                    }
                });
            } catch (Error e) {
                if (!ended.compareAndSet(false, true)) {
                    throw e; // of what came behind it
                }
                exchange.setException(e);
                callback.done(true);
                return true;
            }
        }
    }
}
