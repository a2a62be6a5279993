package io.promptroutes.kafka;

import io.promptroutes.flow.Variables;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** The step behind the one that published: the record is finished. Does nothing for a prompt that came in no record. Thread-safe. */
public final class Acknowledge implements Processor {

    @Override
    public void process(Exchange exchange) {
        Acknowledgement record = exchange.getVariable(Variables.ACKNOWLEDGEMENT, Acknowledgement.class);
        if (record != null) {
            record.done();
        }
    }

    /** Before something is published beside the way of the prompt: the record is not finished without it. */
    public static void alsoWaits(Exchange exchange) {
        Acknowledgement record = exchange.getVariable(Variables.ACKNOWLEDGEMENT, Acknowledgement.class);
        if (record != null) {
            record.alsoWaits();
        }
    }
}
