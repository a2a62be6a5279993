package io.promptroutes.component;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** {@code inbox:DIR}: a source of the lines of files, and the place for what they come to. */
@UriEndpoint(firstVersion = "0.1.0", scheme = "inbox", title = "Inbox", syntax = "inbox:directory", consumerOnly = true, category = Category.FILE)
public final class InboxEndpoint extends DefaultEndpoint {

    @UriPath
    @Metadata(required = true, description = "The folder; made where it is not there. A file is claimed by moving it to working/ in it; results go to done/, and a file that cannot be "
            + "read to failed/.")
    private final String directory;
    @UriParam(description = "A file to which nobody has written for so long is complete. Key inbox.settled where it is left out.", javaType = "java.time.Duration")
    private Duration settled;

    InboxEndpoint(String uri, InboxComponent component, String directory) {
        super(uri, component);
        this.directory = directory;
    }

    @Override
    public Consumer createConsumer(Processor route) throws IOException {
        Path folder = Path.of(directory);
        try {
            return new InboxConsumer(this, route, Files.createDirectories(folder).toRealPath());
        } catch (IOException e) {
            throw new IOException("folder " + folder + " of " + getEndpointUri() + " cannot be made: " + e.getMessage(), e);
        }
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("inbox: is a source; files are put there by others");
    }

    /** Null: as the key says. */
    Duration settled() {
        return settled;
    }

    public void setSettled(Duration settled) {
        this.settled = settled;
    }
}
