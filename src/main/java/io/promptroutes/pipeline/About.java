package io.promptroutes.pipeline;

import io.promptroutes.flow.PromptContext;
import org.slf4j.spi.LoggingEventBuilder;

/** What a log line that concerns a prompt says in fields of their own (key logs.format=json). */
final class About {

    private About() {
    }

    static LoggingEventBuilder prompt(LoggingEventBuilder line, PromptContext run) {
        return line.addKeyValue("prompt", run.prompt().id());
    }

    /** @param status of HTTP, or null */
    static LoggingEventBuilder call(LoggingEventBuilder line, PromptContext run, String model, int attempt, Integer status) {
        LoggingEventBuilder about = prompt(line, run).addKeyValue("model", model).addKeyValue("attempt", attempt);
        return status == null ? about : about.addKeyValue("status", status);
    }
}
