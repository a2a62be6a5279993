package io.promptroutes.ops;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.camel.dsl.support.SourceLoader;
import org.apache.camel.spi.Resource;

/** Reads route files as UTF-8. Camel 4.18 reads them as the locale has it, which without one is ASCII on JDK 17: a prompt would be sent with other letters. Stateless. */
public final class Utf8SourceLoader implements SourceLoader {

    @Override
    public String loadResource(Resource resource) throws IOException {
        try (InputStream in = resource.getInputStream()) {
            if (in == null) {
                throw new IOException(resource.getLocation() + " is not there");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        }
    }
}
