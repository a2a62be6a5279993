package io.promptroutes.message;

import io.promptroutes.prompt.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A CloudEvents 1.0 event as it is written. Immutable where its data is. */
record CloudEvent(String specversion, String id, String source, String type, String subject, String time, String datacontenttype, Object data) {

    static byte[] of(String type, String id, String subject, Instant now, Object data) {
        return Json.bytes(new CloudEvent("1.0", id, "/prompt-routes", type, subject, now.truncatedTo(ChronoUnit.MILLIS).toString(), "application/json", data));
    }
}
