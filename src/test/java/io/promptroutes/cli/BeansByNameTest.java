package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.app.Engine;
import io.promptroutes.app.Engines;
import io.promptroutes.kafka.TopicProducers;
import io.promptroutes.settings.Settings;
import java.util.List;
import javax.sql.DataSource;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.kafka.KafkaClientFactory;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.consumer.KafkaManualCommitFactory;
import org.junit.jupiter.api.Test;

/** Our beans are for our routes, which name them: Camel gives a bean of a known type to every component, also to those of a user's own routes. */
class BeansByNameTest {

    @Test
    void noBeanOfOursIsFoundByItsType() {
        try (Engines engines = CheckCommand.engines(Settings.ofTheJar())) {
            Engine engine = engines.main();
            engine.build();
            assertThat(List.of(KafkaClientFactory.class, KafkaManualCommitFactory.class, DataSource.class, HttpClientConfigurer.class, Processor.class))
                    .allSatisfy(type -> assertThat(engine.camel().getRegistry().findByType(type)).isEmpty());
            KafkaComponent component = engine.camel().getComponent("kafka", KafkaComponent.class);
            assertThat(component.getKafkaClientFactory()).isNotInstanceOf(TopicProducers.class);
            assertThat(component.getKafkaManualCommitFactory()).isNull();
            assertThat(List.of("topicProducers", "openRouterHttp")).allMatch(bean -> engine.camel().getRegistry().lookupByName(bean) != null);
        }
    }
}
