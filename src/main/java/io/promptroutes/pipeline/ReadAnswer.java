package io.promptroutes.pipeline;

import io.promptroutes.call.Answer;
import io.promptroutes.call.AnswerReader;
import io.promptroutes.call.CallFailed;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import java.io.IOException;
import java.io.InputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Reads what came back: an answer is noted in the run, anything else is thrown as {@link CallFailed}. Thread-safe. */
record ReadAnswer(AnswerReader reader, AdmissionGate intake) implements Processor {

    @Override
    public void process(Exchange exchange) throws CallFailed, IOException {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        Message response = exchange.getMessage();
        int status = response.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        byte[] body = bytes(response.getBody());
        Answer answer = reader.read(status, name -> response.getHeader(name, String.class), body, run.chain().calledModel());
        run.calls().last().ended();
        run.calls().answered(answer);
        intake.resume();
        response.setBody(null);
        response.getHeaders().clear();
    }

    private static byte[] bytes(Object body) throws IOException {
        if (body instanceof InputStream stream) {
            return stream.readAllBytes();
        }
        return body instanceof byte[] bytes ? bytes : new byte[0];
    }
}
