package io.promptroutes.pipeline;

import io.promptroutes.flow.Variables;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands behind all clauses: where the exchange of a prompt, or of one model of a comparison, ends with an exception that no clause took, such as
 * one that was thrown in a clause, the prompt goes on as {@link Outcome#BROKEN_OFF}. Nobody else would end it. It belongs to one prompt or
 * branch, whose steps follow one another, never at once.
 */
final class Backstop extends SynchronizationAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Backstop.class);
    private static final Backstop ANY = new Backstop();

    private Exchange exchange;
    private int times;

    /** From now on it stands behind this exchange. */
    void behind(Exchange carrier) {
        exchange = carrier;
        carrier.getExchangeExtension().addOnCompletion(this);
    }

    /** The prompt is no longer this exchange's: it is finished, or goes on in others. */
    static void over(Exchange carrier) {
        carrier.getUnitOfWork().removeSynchronization(ANY);
    }

    /** How often the prompt's exchange has ended so. */
    int times() {
        return times;
    }

    /** It goes along into the queues of the engine; into one of somebody's own goes a copy, while the prompt goes on here. */
    @Override
    public boolean allowHandover() {
        return Outcome.isQueue(exchange.getProperty(ExchangePropertyKey.TO_ENDPOINT, String.class));
    }

    @Override
    public void beforeHandover(Exchange target) {
        exchange = target;
    }

    @Override
    public void onFailure(Exchange ended) {
        if (ended.getContext().isStopping() || ended.getContext().isStopped()) {
            return; // what the end of the process breaks off is taken up by the next one
        }
        times++;
        Exchange next = new DefaultExchange(ended.getContext()); // without the marks by which clauses pass over what has failed before
        ended.getVariables().forEach(next::setVariable);
        next.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, ended.getException());
        next.getMessage().setBody(this);
        ProducerTemplate template = ended.getContext().createProducerTemplate();
        template.send(Outcome.BROKEN_OFF.toString(), next);
        template.stop();
        if (next.getException() == null) {
            ended.setException(null); // it is taken care of
        } else {
            LOG.error("{} is neither answered nor a dead letter", ended.getVariable(Variables.ARRIVAL), next.getException());
        }
    }

    /** An exchange has one of them at most. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Backstop;
    }

    @Override
    public int hashCode() {
        return Backstop.class.hashCode();
    }
}
