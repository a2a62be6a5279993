package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.pipeline.Job;
import java.lang.ref.WeakReference;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

/** Which exchanges are records of one file. */
class FileJobsTest {

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final FileJobs jobs = new FileJobs();

    private Exchange exchange() {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getExchangeId();
        return exchange;
    }

    @Test
    void aStepThatIsTriedAgainHasTheSameRecordAndEachStepAndCopyItsOwn() {
        Object file = new Object();
        Exchange record = exchange();
        Job first = jobs.of(file, record, "a");

        assertThat(jobs.of(file, record, "a")).isSameAs(first);
        assertThat(jobs.of(file, record, "b")).isNotSameAs(first);
        Exchange copy = record.copy();
        copy.setExchangeId("another");
        assertThat(jobs.of(file, copy, "a")).isNotSameAs(first);
    }

    @Test
    void aFileThatIsOverIsForgotten() {
        WeakReference<Object> file = new WeakReference<>(new Object());
        jobs.of(file.get(), exchange(), "a");

        await().until(() -> {
            System.gc();
            return file.get() == null;
        });
    }
}
