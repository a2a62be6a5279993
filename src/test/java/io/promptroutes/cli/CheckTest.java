package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.model.Catalogue;
import io.promptroutes.ops.BudgetCheck;
import io.promptroutes.ops.KafkaCheck;
import io.promptroutes.ops.ModelCheck;
import io.promptroutes.ops.RouteCheck;
import io.promptroutes.ops.SettingsCheck;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be found wrong before a prompt is sent, all of it at once, each with its place and what to do. */
class CheckTest {

    @TempDir
    private Path folder;

    private final List<Finding> findings = new ArrayList<>();

    private Settings settings(String properties) throws IOException {
        Files.writeString(folder.resolve("application.properties"), properties);
        return Settings.load(folder, Map.of(), Map.of(), findings::add);
    }

    private List<String> told() {
        return findings.stream().map(Finding::sentence).toList();
    }

    @Test
    void theSettingsOfTheJarAreInOrder() throws IOException {
        Settings shipped = SettingsCheck.check(settings(""), true, findings::add);
        new BudgetCheck(shipped).check(Catalogue.shipped(), findings::add);
        ModelCheck models = new ModelCheck(shipped);
        models.names(findings::add);
        models.against(Catalogue.shipped(), Catalogue.shipped(), findings::add);
        new KafkaCheck(shipped, findings::add).properties();

        assertThat(told()).isEmpty();
    }

    @Test
    void everyWrongKeyIsToldAtOnceWithItsLine() throws IOException {
        Settings settings = settings("""
                # a comment
                prompts.concurency=3
                prompts.concurrency=many
                retry.backoff = soon
                kafka.drain=never
                management.port=70000
                breaker.enabled=perhaps
                detection.confidence=3
                prices.some/model=cheap
                prices.other/model=1/2/3
                budget.tenant.school=5
                budget.pipeline.tickets.dya=5
                budget.pipeline.Tickets.day=5
                budget.pipeline.moods.day=much
                budget.total.day=-1
                budget.job=much
                cache.ttl=1ms
                detection.lexicon=nowhere.tsv
                kafka.offset-reset=middle
                batches.complete-within=24h, soon
                simulator.latency.min=slow
                """);
        SettingsCheck.check(settings, false, findings::add);

        assertThat(findings).extracting(Finding::what).doesNotHaveDuplicates();
        assertThat(told()).anyMatch(one -> one.matches("unknown key prompts.concurency in .*application.properties line 2; did you mean prompts.concurrency\\?"))
                .anyMatch(one -> one.matches("key prompts.concurrency is \"many\" in .* line 3; it must be a whole number from 1 to 10000"))
                .anyMatch(one -> one.matches("key retry.backoff is \"soon\" in .* line 4; it must be a duration .*"))
                .anyMatch(one -> one.matches("key batches.complete-within is \"24h, soon\" in .* line 20; it must be whole hours such as 24h, with commas between them"));
        assertThat(findings).filteredOn(Finding::mend).hasSize(19);
        assertThat(findings).filteredOn(finding -> !finding.mend()).singleElement()
                .satisfies(one -> assertThat(one.what()).contains("simulator.latency.min"));
    }

    /** The consumer would be put out of its group. */
    @Test
    void aDrainIsShorterThanThePollIntervalWhoeverSaysThat() throws IOException {
        new KafkaCheck(settings("kafka.drain=5m\n"), findings::add).properties();
        new KafkaCheck(settings("kafka.drain=3s\nkafka.client.max.poll.interval.ms=2000\n"), findings::add).properties();
        new KafkaCheck(settings("kafka.drain=5m\nkafka.client.max.poll.interval.ms=400000\n"), findings::add).properties();

        assertThat(told()).hasSize(2).anyMatch(one -> one.matches("key kafka.drain is not shorter than kafka.client.max.poll.interval.ms, 300000 ms in .* line 1; .*"))
                .anyMatch(one -> one.contains("2000 ms"));
    }

    @Test
    void aSlipInAFamilyThatUsersAddToIsAWarningAndAnUnfinishedProfileOrTaskIsNot() throws IOException {
        SettingsCheck.check(settings("models.current.smart.code.premum=openai/gpt-4.1\ntasks.cod.temperature=1\nmodels.profile=mine\n"
                + "models.mine.smart.code.free=openrouter/free\n"), false, findings::add);

        assertThat(told()).hasSize(3).anyMatch(one -> one.startsWith("profile mine has no compare.cost, ") && one.contains("and 8 more"))
                .anyMatch(one -> one.contains("models.current.smart.code.premum") && one.endsWith("did you mean models.current.smart.code.premium?"))
                .anyMatch(one -> one.matches("key tasks.cod.temperature: there is no task cod in .* line 2; did you mean code\\?"));
        assertThat(findings).filteredOn(Finding::mend).hasSize(2);
    }

    @Test
    void aTaskThatIsNamedAnywhereHasSettings() throws IOException {
        Path lexicon = Files.writeString(folder.resolve("mine.tsv"), "# feature\tcode\tlegal\n[any]\t0\t0\n");
        String named = "models.current.smart.translation.premium=openai/gpt-4.1\ndetection.keywords.translation=translate\ndetection.order=code, translation\n";
        SettingsCheck.check(settings("tasks.translation.temperature=0.2\n" + named + "detection.lexicon=" + lexicon + "\ntasks.Big.max-tokens=5\n"), false, findings::add);

        assertThat(findings).allMatch(Finding::mend);
        assertThat(told()).satisfiesExactlyInAnyOrder(
                one -> assertThat(one).matches("key detection.order is .* line 4; it must be of tasks that have keys .*, which translation has not"),
                one -> assertThat(one).matches("key detection.lexicon is .* line 5; it must be of tasks that have keys .*, which legal has not"),
                one -> assertThat(one).matches("key tasks.translation.temperature: there is no task translation in .* line 1; set both tasks.translation.temperature and .*"),
                one -> assertThat(one).matches("key models.current.smart.translation.premium: there is no task translation in .* line 2; .*"),
                one -> assertThat(one).matches("key detection.keywords.translation: there is no task translation in .* line 3; .*"),
                one -> assertThat(one).matches("key tasks.Big.max-tokens: there is no task Big in .* line 6; .* small letters.*"));

        findings.clear();
        SettingsCheck.check(settings("tasks.translation.temperature=0.2\ntasks.translation.max-tokens=1500\n" + named), false, findings::add);
        assertThat(told()).isEmpty();
    }

    @Test
    void usersHaveKeysOfTheirOwnAndThoseThatTheirRoutesName() throws IOException {
        own("routes/mine.camel.yaml", """
                - route:
                    from:
                      uri: "timer:{{my.name}}?period={{my.period:1000}}"
                      steps:
                        - log: "{{?my.maybe}} {{!my.off}} ${properties:my.greeting} ${properties:my.other:none} {{sheet.{{my.which}}.x}}"
                """);
        Settings settings = settings("user.x=1\nuser.deep.key=2\nmy.name=a\nmy.period=1\nmy.maybe=1\nmy.off=1\nmy.greeting=hello\nmy.other=1\nmy.which=b\n"
                + "my.nmae=typo\nprompts.templat=x\nusr.x=1\n");

        assertThat(findings).allMatch(Finding::mend).extracting(Finding::what).containsExactlyInAnyOrder("unknown key my.nmae", "unknown key prompts.templat",
                "unknown key usr.x");
        assertThat(told()).anyMatch(one -> one.endsWith("did you mean prompts.template?"));
        assertThat(settings.properties()).containsEntry("user.deep.key", "2").containsEntry("my.greeting", "hello");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prompts.template={{#a}} | key prompts.template is no template: Section missing close tag 'a'
            prompts.template={{a | key prompts.template is no template: a {{ is not closed
            prompts.template=Sum {{a}} of {b}} and {{c} | a {{ is not closed
            prompts.template={{}} | key prompts.template is no template
            prompts.template={{>a}} | a template cannot include another one
            prompts.template=file:nowhere.mustache | key prompts.template: file:nowhere.mustache cannot be read
            prompts.system=classpath:nowhere | key prompts.system: classpath:nowhere is not in the jar
            prompts.system={{/a}} | key prompts.system is no template
            prompts.template=classpath:lexicon.tsv prompts.max-bytes=100 | key prompts.template: classpath:lexicon.tsv has more than 100 bytes
            prompts.input=data | key prompts.input is "data"
            prompts.input=rows | one of request, data
            prompts.template={{a}} prompts.format=openai | key prompts.input is ""
            """)
    void aBrokenTemplateIsToldWithItsKey(String keys, String told) throws IOException {
        SettingsCheck.check(settings(keys.replace(" prompts.", "\nprompts.")), false, findings::add);

        assertThat(findings).singleElement().satisfies(one -> {
            assertThat(one.sentence()).contains(told);
            assertThat(one.mend()).isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            budget.total.day=10 budget.tenant.school.day=20 | warning | budget.tenant.school.day allows $20, but budget.total.day stops at $10
            budget.total.day=10 budget.total.month=5 | warning | budget.total.day allows $10, but budget.total.month stops at $5
            budget.total.day=10 budget.model.openai/gpt-4.1.month=100 budget.model.openai/gpt-4.1.day=10 | none |
            budget.tenant.*.day=5 budget.tenant.school.month=1 | none |
            budget.total.day=10 budget.pipeline.tickets.day=20 | warning | budget.pipeline.tickets.day allows $20, but budget.total.day stops at $10
            budget.pipeline.tickets.day=10 budget.pipeline.tickets.month=5 | warning | budget.pipeline.tickets.day allows $10, but budget.pipeline.tickets.month stops at $5
            budget.pipeline.*.day=5 budget.pipeline.tickets.month=1 budget.tenant.tickets.day=9 | none |
            budget.pipeline.tickets.day=0.0000001 | warning | cannot pay for one call
            budget.pipeline.tickets.day=0 | none |
            budget.total.day=0.0000001 | mend | cannot pay for one call
            budget.total.day=0.0000001 budget.exhausted=free | none |
            budget.tenant.school.day=0.0000001 | warning | cannot pay for one call
            budget.tenant.school.day=0 | none |
            budget.model.anthropic/claude-sonnet-4.5.day=0.001 | warning | the cheapest reserves $0.0096
            """)
    void contradictingBudgetsAreTold(String keys, String severity, String told) throws IOException {
        new BudgetCheck(settings(keys.replace(' ', '\n'))).check(Catalogue.shipped(), findings::add);

        if (severity.equals("none")) {
            assertThat(told()).isEmpty();
        } else {
            assertThat(findings).singleElement().satisfies(one -> {
                assertThat(one.what()).contains(told);
                assertThat(one.mend()).isEqualTo(severity.equals("mend"));
                assertThat(one.where()).contains("application.properties line");
            });
        }
    }

    @Test
    void aBudgetOfAPipelineThatNoRouteHasIsAWarning() throws IOException {
        Settings settings = settings("budget.pipeline.tikets.day=5\nbudget.pipeline.tickets.day=5\nbudget.pipeline.*.month=50\nbudget.pipeline.batch.day=5\n"
                + "budget.pipeline.ask.day=5\n");
        new BudgetCheck(settings).pipelines("tickets"::equals, findings::add);

        assertThat(findings).singleElement().satisfies(one -> {
            assertThat(one.what()).isEqualTo("key budget.pipeline.tikets.day limits a pipeline that no route here has: there is no step prompt:tikets");
            assertThat(one.where()).contains("application.properties line 1");
            assertThat(one.mend()).isFalse();
        });
    }

    @Test
    void aBudgetIsHeldAgainstThePipelinesOfTheRouteFilesThatRun() {
        Said said = check("--offline", "-D", "ledger.directory=" + folder.resolve("none"), "-D", "pipelines=http", "-D", "budget.pipeline.http.day=5", "-D",
                "budget.pipeline.htp.day=5");
        assertThat(said.text()).contains("warning  key budget.pipeline.htp.day limits a pipeline that no route here has").contains("0 to mend, 1 warning;");
        assertThat(said.code()).isZero();
    }

    private static Catalogue catalogue(boolean live, String... rows) {
        Catalogue catalogue = Catalogue.shipped();
        catalogue.replace(("{\"data\":[" + String.join(",", rows) + "]}").getBytes(StandardCharsets.UTF_8), Instant.parse("2026-11-20T00:00:00Z"), live);
        return catalogue;
    }

    private static String row(String id, String price, String more) {
        return "{\"id\":\"" + id + "\",\"canonical_slug\":\"" + id + "\",\"context_length\":1000,\"pricing\":{\"prompt\":\"" + price
                + "\",\"completion\":\"" + price + "\",\"request\":\"0\"}" + more + "}";
    }

    @Test
    void modelsAreComparedWithTheList() throws IOException {
        Settings settings = settings("models.profile=small\nmodels.small.tier.a=x/stays, x/gone\nmodels.small.tier.b=x/dearer, x/ends\n"
                + "models.small.tier.c=x/cheap:batch, ~x/latest, bare\nmodels.alias.q=x/gone\nprices.x/own=1/1\nmodels.small.tier.d=x/own");
        String soon = ",\"expiration_date\":\"" + LocalDate.now(ZoneOffset.UTC).plusDays(3) + "\"";
        Catalogue before = catalogue(false, row("x/stays", "0.000001", ""), row("x/gone", "0.000001", ""), row("x/dearer", "0.000001", ""),
                row("x/ends", "0.000001", ""));
        Catalogue now = catalogue(true, row("x/stays", "0.000001", ""), row("x/dearer", "0.000002", ""), row("x/ends", "0.000001", soon));
        ModelCheck check = new ModelCheck(settings);
        check.names(findings::add);
        check.against(before, now, findings::add);

        assertThat(findings).filteredOn(Finding::mend).extracting(Finding::what).satisfiesExactlyInAnyOrder(
                batch -> assertThat(batch).contains("x/cheap:batch", "never called"), gone -> assertThat(gone).contains("x/gone", "OpenRouter's list"),
                own -> assertThat(own).contains("x/own"), bare -> assertThat(bare).contains("bare"));
        assertThat(findings).filteredOn(finding -> !finding.mend()).extracting(Finding::what)
                .anyMatch(one -> one.contains("~x/latest is an alias")).anyMatch(one -> one.contains("alias q stands for x/gone"))
                .anyMatch(one -> one.contains("x/dearer: the input price went from $1 to $2")).anyMatch(one -> one.contains("x/ends ends on"));
        assertThat(findings).filteredOn(one -> one.what().contains("model x/gone")).singleElement().satisfies(one ->
                assertThat(one.where()).contains("application.properties line 2", "models.small.{tier.a}"));

        findings.clear();
        check.against(before, before, findings::add);
        assertThat(findings).as("an old list proves nothing").noneMatch(Finding::mend).extracting(Finding::what)
                .anyMatch(one -> one.contains("bare is not in the list of 2026-11-20")).noneMatch(one -> one.contains("x/own"));
    }

    private void own(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Looks at route files of the user's beside and in place of the jar's. */
    private void routes() {
        Map<String, String> places = RouteFiles.engine(folder);
        Settings shipped = Settings.ofTheJar();
        Set<String> beans = Set.of("breakers", "springBean");
        RouteCheck.engine(places, new RouteCheck.Known(bean -> beans.contains(bean) ? "" : null, shipped.properties(), "acme/there"::equals), findings::add);
    }

    @Test
    void whatOwnRoutesNameInVainIsToldWithItsLine() throws Exception {
        own("routes/engine/mine.camel.yaml", """
                - beans:
                    - name: myBean
                      type: io.promptroutes.cli.CheckTest$NeverMade
                - route:
                    id: mine
                    from:
                      uri: direct:mine
                      steps:
                        - process:
                            ref: preparCall
                        - process:
                            ref: breakers
                        - bean:
                            ref: myBean
                        - to: direct:mine
                        - to: direct:cost-event
                        - to: "mock:a?reporter=#nobody&a=#springBean"
                        - toD: "direct:by-${variable.strategy}"
                        - toD: "direct:bye-${variable.task}"
                        - to:
                            uri: seda
                            parameters:
                              name: nowhere
                        - log: "${variable.mine} {{user.mine}} {{user.other:1}} ${properties:models.{{models.profile}}.tiers.${variable.task}:}"
                        - setVariable:
                            name: yours
                            constant: 1
                        - setVariable:
                            name: task
                            constant: coding
                        - setVariable:
                            name: models
                            constant: acme/there, acme/gone
                        - setHeader:
                            name: prompt-ids
                            constant: 1
                        - setHeader:
                            name: X-Own
                            constant: 1
                        - setVariable:
                            name: forAScript
                            simple: "${variable.text} ${variable.prompt.budgt} ${variable.global:one} '{{user.other:1}}' == 'what' || '{{prompts.first-queue}}' == 'no'"
                        - script:
                            expression:
                              groovy: "variables.forAScript"
                - route:
                    id: prompt
                    from:
                      uri: timer:own
                      routeConfigurationId: x
                      steps:
                        - doTry:
                            steps:
                              - log: a
                            doCatch:
                              - exception:
                                  - java.io.IOExceptio
                                steps:
                                  - log: b
                """.replace("      routeConfigurationId: x\n      steps", "      steps").replace("    id: prompt\n", "    id: prompt\n    routeConfigurationId: defects,defect\n"));
        String estimate = "routes/engine/estimate.camel.yaml"; // of no concern to any but --estimate
        own(estimate, Files.readString(Path.of(estimate)) + "# mine");
        routes();

        assertThat(findings).allMatch(Finding::mend);
        assertThat(told()).map(one -> one.replaceFirst("; .*", "")).containsExactlyInAnyOrder(
                "no bean is called preparCall in routes/engine/mine.camel.yaml line 9",
                "no bean is called nobody in routes/engine/mine.camel.yaml line 17",
                "no route begins with direct:bye-${variable.task} in routes/engine/mine.camel.yaml line 19",
                "no route begins with seda:nowhere in routes/engine/mine.camel.yaml line 20",
                "variable mine is read, and nothing sets it in routes/engine/mine.camel.yaml line 24",
                "there is no key user.mine in routes/engine/mine.camel.yaml line 24",
                "there is no key models.current.tiers.* in routes/engine/mine.camel.yaml line 24",
                "variable yours is set, and nothing reads it in routes/engine/mine.camel.yaml line 25",
                "task coding has no keys tasks.coding.* in routes/engine/mine.camel.yaml line 28",
                "model acme/gone is neither in the tables nor in the list of models in routes/engine/mine.camel.yaml line 31",
                "no header is called prompt-ids in routes/engine/mine.camel.yaml line 34",
                "variable prompt has no budgt in routes/engine/mine.camel.yaml line 40",
                "key prompts.first-queue is never no in routes/engine/mine.camel.yaml line 40",
                "two routes have the id prompt in routes/engine/mine.camel.yaml line 46",
                "no route configuration is called defect in routes/engine/mine.camel.yaml line 46",
                "no exception is called java.io.IOExceptio in routes/engine/mine.camel.yaml line 55");
    }

    @Test
    void everyWrongAddressAndHeaderOfAPipelineIsToldAtOnce() throws Exception {
        own("routes/mine.camel.yaml", """
                - route:
                    id: mine
                    from:
                      uri: windowed-kafka:{{my.topic:tickets}}
                      parameters:
                        grupId: mine
                        additionalProperties.max.poll.records: 10
                      steps:
                        - to: promt:mine
                        - to: whatever-it-is:a
                        - to: "{{my.sink:kafka:out}}"
                        - to: seda:mine?sizze=3
                        - to: http:example.org?any=thing
                        - to: "kafka:t{{?kafka.group}}?lingerms=3&linger-ms=3"
                        - to: archive:x
                        - toD: "${header.a}:${header.b}?c=d"
                        - choice:
                            when:
                              - simple: "${header.PromptRoutesTaks} == 'code'"
                                steps:
                                  - log: "${header.PromptRoutesTask} ${header.PromptRoutesCostUSD}"
                            otherwise:
                              steps:
                                - to:
                                    uri: prompt:mine
                                    parameters:
                                      strateggy: smart
                """);
        RouteCheck.pipelines(RouteFiles.pipelines(folder), new RouteCheck.Known(bean -> bean.equals("archive") ? "" : null, Settings.ofTheJar().properties(), model -> true), findings::add);

        assertThat(findings).allMatch(Finding::mend);
        assertThat(told()).containsExactlyInAnyOrder(
                "an address of windowed-kafka has no option grupId in routes/mine.camel.yaml line 6; did you mean groupId?",
                "there is no component promt in routes/mine.camel.yaml line 9; did you mean prompt?",
                "there is no component whatever-it-is in routes/mine.camel.yaml line 10; take another one",
                "no route begins with seda:mine in routes/mine.camel.yaml line 12; name one that is there",
                "an address of seda has no option sizze in routes/mine.camel.yaml line 12; did you mean size?",
                "no step prompt: sets a header PromptRoutesTaks in routes/mine.camel.yaml line 18; did you mean PromptRoutesTask?",
                "no step prompt: sets a header PromptRoutesCostUSD in routes/mine.camel.yaml line 21; did you mean PromptRoutesCostUsd?",
                "an address of prompt has no option strateggy in routes/mine.camel.yaml line 27; did you mean strategy?");
    }

    /** A bean of the user's, which is made once, where it is needed. */
    public static final class NeverMade {

        public NeverMade() {
            throw new AssertionError("made by the check");
        }
    }

    @Test
    void aClauseThatFitsNoFailureOrIsNotThereIsToldWithItsLine() throws Exception {
        String fallback = "routes/engine/fallback.camel.yaml";
        String shipped = Files.readString(Path.of(fallback));
        own(fallback, shipped.replace("CallFailed$RateLimited", "CallFailed$RateLimted").replace("CallFailed$Timeout", "CallFailed")
                .replace("id: after-no-endpoint\n                ref: fallback", "id: after-no-endpoint\n                ref: falback"));
        routes();

        int line = (int) shipped.substring(0, shipped.indexOf("CallFailed$RateLimited")).lines().count();
        assertThat(told()).satisfiesExactlyInAnyOrder(
                one -> assertThat(one).startsWith("no exception is called io.promptroutes.call.CallFailed$RateLimted in routes/engine/fallback.camel.yaml line ")
                        .endsWith("; did you mean io.promptroutes.call.CallFailed$RateLimited?"),
                one -> assertThat(one).startsWith("the route configuration fallback has no clause for io.promptroutes.call.CallFailed$RateLimited in routes/engine/fallback.camel.yaml line "),
                one -> assertThat(one).startsWith("the route configuration fallback has no clause for io.promptroutes.call.CallFailed$Timeout in routes/engine/fallback.camel.yaml line "),
                one -> assertThat(one).startsWith("no bean is called falback in routes/engine/fallback.camel.yaml line ").endsWith("; did you mean fallback?"));
        assertThat(findings.get(1).where()).satisfies(where -> assertThat(Integer.parseInt(where.replaceFirst(".* ", ""))).isCloseTo(line, within(4)));
    }

    @Test
    void twoClausesForAFailureAndOneThatDoesNotGoOnAreTold() throws Exception {
        String fallback = "routes/engine/fallback.camel.yaml";
        own(fallback, Files.readString(Path.of(fallback)).replaceFirst("CallFailed.FreeLimit\n          continued:\n"
                + "            constant:\n              expression: \"true\"", "CallFailed\\$FreeLimit\n            - io.promptroutes.call.CallFailed\\$Timeout"));
        routes();

        assertThat(told()).satisfiesExactlyInAnyOrder(
                one -> assertThat(one).startsWith("a clause of the route configuration fallback does not go on in routes/engine/fallback.camel.yaml line "),
                one -> assertThat(one).startsWith("two clauses of the route configuration fallback are for io.promptroutes.call.CallFailed$Timeout in "));
    }

    @Test
    void aRouteThatChoosesModelsByItselfNeedsNoOtherRoutes() throws Exception {
        own("routes/engine/choose-models.camel.yaml", """
                - route:
                    id: choose-models
                    from:
                      uri: direct:choose-models
                      steps:
                        - setVariable:
                            name: models
                            constant: acme/there
                """);
        routes();

        assertThat(findings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            outcomes | name: given-up | name: give-up | no route begins with direct:given-up, to which prompts are moved in routes/engine/outcomes.camel.yaml line
            look-up  | name: look-up  | name: lok-up  | no route begins with seda:look-up, to which prompts are moved in routes/engine/look-up.camel.yaml line
            look-up  | id: look-up    | id: mine      |
            """)
    void anOutcomeWithoutARouteIsToldWithTheRouteThatMayBeMeant(String file, String name, String other, String fault) throws Exception {
        String own = "routes/engine/" + file + ".camel.yaml";
        own(own, Files.readString(Path.of(own)).replaceFirst(name, other));
        routes();
        assertThat(told()).filteredOn(one -> one.contains("to which prompts are moved")).hasSize(fault == null ? 0 : 1).allMatch(one -> one.startsWith(fault));
    }

    @Test
    void aFileOfTheEngineAmongThePipelinesIsSentToItsFolder() throws Exception {
        own("routes/engine/mine.camel.yaml", "");
        own("routes/mine.camel.yaml", "");
        own("routes/prompts.camel.yaml", "# mine");
        assertThat(RouteFiles.places(folder)).containsEntry("routes/prompts.camel.yaml", "file:" + folder.resolve("routes/prompts.camel.yaml"))
                .containsEntry("routes/engine/call.camel.yaml", "classpath:io/promptroutes/routes/engine/call.camel.yaml").containsKeys("routes/engine/mine.camel.yaml", "routes/mine.camel.yaml");

        Files.copy(Path.of("routes/engine/call.camel.yaml"), folder.resolve("routes/call.camel.yaml"));
        assertThatThrownBy(this::routes).isInstanceOf(UsageException.class)
                .hasMessageContaining("routes/call.camel.yaml is in the folder of pipelines; move it to routes/engine/call.camel.yaml");

        Files.delete(folder.resolve("routes/call.camel.yaml"));
        Files.copy(Path.of("routes/prompts.camel.yaml"), folder.resolve("routes/engine/prompts.camel.yaml"));
        assertThatThrownBy(this::routes).isInstanceOf(UsageException.class).hasMessageContaining(
                "routes/engine/prompts.camel.yaml is in the folder of the engine; move it to routes/prompts.camel.yaml");
    }

    @Test
    void whatIsThereTwiceIsToldWithTheOtherPlaceAndWhatIsNoRouteWithItsFile() throws Exception {
        String route = "- route:\n    id: %s\n    %sfrom:\n      uri: %s\n      steps:\n        - log: a\n";
        own("routes/engine/mine.camel.yaml", route.formatted("mine", "", "direct:prompt") + route.formatted("mine", "autoStartup: false\n    ", "direct:prompt")
                + route.formatted("if", "precondition: \"'{{detection.rules}}' == 'keywords'\"\n    ", "direct:prompt"));
        own("routes/engine/comment.camel.yaml", "# mine\n---\n");
        own("routes/engine/list.camel.yaml", "# mine\n\n" + route.formatted("other", "", "direct:other"));
        own("routes/engine/map.camel.yaml", "# mine\nroute:\n  id: map\n  from:\n    uri: direct:map\n    steps:\n      - log: a\n");
        routes();

        assertThat(told()).satisfiesExactlyInAnyOrder(
                one -> assertThat(one).matches("two routes have the id mine in routes/engine/mine.camel.yaml line \\d+; give one of them another; the other is in "
                        + "routes/engine/mine.camel.yaml line 1"),
                one -> assertThat(one).matches("two routes begin with direct:prompt in routes/engine/mine.camel.yaml line 1; give one of them another; the other is in "
                        + "the shipped routes/engine/prompt.camel.yaml line \\d+"),
                one -> assertThat(one).isEqualTo("there is no route in routes/engine/map.camel.yaml; begin each with a dash, as in - route:"));
    }

    /** Both may be there, for other keys: only those that hold with the present ones are included. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"lexicon | lexicon | direct:mine | direct:mine | two routes begin with direct:mine", "lexicon | keywords | direct:mine | direct:mine |",
        "lexicon | lexicon | seda:mine | seda:mine | two routes begin with seda:mine", "lexicon | lexicon | seda:mine?multipleConsumers=true | seda:mine?multipleConsumers=true |",
        "lexicon | lexicon | direct:mine?block=true | direct:mine | two routes begin with direct:mine"})
    void whatIsThereTwiceForTheKeysAsTheyAre(String first, String second, String from, String to, String fault) throws Exception {
        String route = "- route:\n    id: %s\n    precondition: \"'{{detection.rules}}' == '%s'\"\n    from:\n      uri: %s\n      steps:\n        - log: a\n";
        own("routes/engine/mine.camel.yaml", route.formatted("one", first, from) + route.formatted("two", second, to));
        routes();
        assertThat(told()).hasSize(fault == null ? 0 : 1).allMatch(one -> one.startsWith(String.valueOf(fault)));
        findings.clear();
        own("routes/engine/mine.camel.yaml", route.formatted("one", first, "direct:first") + route.formatted("one", second, "direct:second"));
        routes();
        assertThat(told()).hasSize(second.equals("lexicon") ? 1 : 0).allMatch(one -> one.startsWith("two routes have the id one"));
    }

    @Test
    void aRouteFileThatIsNotUtf8IsNamed() throws Exception {
        own("routes/engine/mine.camel.yaml", "- route:\n".replaceAll("", "\0"));
        routes();
        assertThat(told()).containsExactly("the text is not UTF-8 in routes/engine/mine.camel.yaml; save it as UTF-8");
    }

    @Test
    void aFileOfKeysMayBeginWithAByteOrderMark() throws Exception {
        own("application.properties", "\ufeffprompts.window=7\r\nprompts.concurency=3\r\n");
        assertThat(Settings.load(folder, Map.of(), Map.of(), findings::add).text("prompts.window")).isEqualTo("7");
        assertThat(told()).singleElement().asString().contains("prompts.concurency");
    }

    @Test
    void nobodyIsMadeToWaitForABatch() throws Exception {
        String route = "- route:\n    id: mine\n    from:\n      uri: %s\n      steps:\n        - to: prompt:mine?serviceTier=batch\n";
        own("routes/mine.camel.yaml", route.formatted("windowed-kafka:letters?groupId=g&order=key"));
        pipelines();
        assertThat(told()).singleElement().asString().contains("route mine asks at service tier batch", "order=key", "take order=unordered");
        findings.clear();
        own("routes/mine.camel.yaml", route.formatted("windowed-kafka:letters?groupId=g&order=key").replace("prompt:mine?serviceTier=batch",
                "\n            uri: prompt:mine\n            parameters:\n              serviceTier: batch"));
        pipelines();
        assertThat(told()).singleElement().asString().contains("route mine asks at service tier batch", "order=key", "routes/mine.camel.yaml line 1");
        findings.clear();
        own("routes/mine.camel.yaml", route.formatted("platform-http:/ask"));
        pipelines();
        assertThat(told()).anySatisfy(one -> assertThat(one).contains("route mine asks at service tier batch", "over HTTP"));
        findings.clear();
        own("routes/mine.camel.yaml", route.formatted("windowed-kafka:letters?groupId=g"));
        pipelines();
        assertThat(told()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"serviceTier: Batch | true", "request: '{\"service_tier\": \"batch\", \"stop\": [\"a+b\"]}' | true", "request: '{{of.mine}}' | true",
        "request: '{\"service_tier\":\"flex\"}' | false", "request: '{\"metadata\":{\"service_tier\":\"batch\"}}' | false",
        "{serviceTier: default, request: '{\"service_tier\":\"batch\"}'} | false"})
    void whateverOptionSaysThatAnAnswerMayTakeADay(String options, boolean waits) throws Exception {
        own("routes/mine.camel.yaml", ("- route:\n    id: mine\n    from:\n      uri: windowed-kafka:letters?groupId=g&order=key\n      steps:\n        - to:\n            uri: prompt:mine\n"
                + "            parameters: %s\n").formatted(options.startsWith("{") ? options : "{" + options + "}"));
        Properties keys = Settings.ofTheJar().properties();
        keys.setProperty("of.mine", "{\"service_tier\":\"batch\"}");
        RouteCheck.pipelines(RouteFiles.pipelines(folder), new RouteCheck.Known(bean -> null, keys, any -> true), findings::add);
        assertThat(told().stream().anyMatch(one -> one.contains("service tier batch"))).as("%s", told()).isEqualTo(waits);
    }

    @Test
    void aPipelineSaysWhereRecordsEndThatHaveNoAnswer() throws Exception {
        String route = "- route:\n    id: %s\n    from:\n      uri: windowed-kafka:%s\n      parameters:\n        groupId: g\n        deadLetters: none\n      steps:\n        - to: prompt:%s\n";
        own("routes/mine.camel.yaml", route.formatted("mine", "letters", "mine"));
        pipelines();
        assertThat(told()).singleElement().asString().startsWith("route mine has deadLetters=none and no clause for io.promptroutes.PromptFailed").contains("routes/mine.camel.yaml line 1");

        findings.clear();
        own("routes/mine.camel.yaml", route.formatted("mine", "letters", "mine") + """
                - routeConfiguration:
                    onException:
                      - onException:
                          exception:
                            - io.promptroutes.PromptFailed
                          handled:
                            constant: "true"
                          steps:
                            - to: mock:dead
                """);
        pipelines();
        assertThat(told()).isEmpty();
    }

    @Test
    void aPipelineIsReadLikeAnyRouteOfCamels() throws Exception {
        own("routes/mine.camel.yaml", "- route:\n    id: mine\n    from:\n      uri: timer:mine\n      steps:\n        - setVariable:\n            name: own\n            constant: 1\n"
                + "        - process:\n            ref: nobody\n        - to: direct:nowhere\n");
        pipelines();
        assertThat(told()).map(one -> one.replaceFirst("; .*", "")).containsExactlyInAnyOrder("no bean is called nobody in routes/mine.camel.yaml line 9",
                "no route begins with direct:nowhere in routes/mine.camel.yaml line 11");
    }

    /** Looks at the user's pipelines. */
    private void pipelines() {
        RouteCheck.pipelines(RouteFiles.pipelines(folder), new RouteCheck.Known(bean -> null, Settings.ofTheJar().properties(), any -> true), findings::add);
    }

    private record Said(int code, String text) {
    }

    private static Said check(String... arguments) {
        StringWriter out = new StringWriter();
        List<String> all = new ArrayList<>(List.of("check", "-D", "management.port=0"));
        all.addAll(List.of(arguments));
        int code = PromptRoutes.execute(all.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(out, true));
        return new Said(code, out.toString());
    }

    @Test
    void theCommandTellsTheWorstFirstAndSaysByItsCodeWhetherThereIsSomethingToMend() {
        Said said = check("--offline", "-D", "budget.total.day=10", "-D", "budget.total.month=5", "-D", "retry.backof=1s", "-D",
                "ledger.directory=" + folder.resolve("none"));

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.text().lines().filter(line -> !line.startsWith(" "))).satisfiesExactly(
                first -> assertThat(first).startsWith("MEND").contains("unknown key retry.backof"),
                second -> assertThat(second).startsWith("warning").contains("budget.total.day"),
                sum -> assertThat(sum).startsWith("1 to mend, 1 warning;"), last -> assertThat(last).startsWith("not looked at: values of options and expressions in routes"));
        assertThat(said.text()).contains("where: the command line", "do:    did you mean retry.backoff?");
        assertThat(folder.resolve("none")).as("nothing is made").doesNotExist();
    }

    @Test
    void whatWouldStopTheServiceOrTheSimulatorAtStartIsAFindingLikeOthers() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Said said = check("--offline", "--simulate", "-D", "simulator.latency.min=slow", "-D", "management.host=0.0.0.0", "-D", "budget.total.day=1e40");
            assertThat(said.code()).isEqualTo(2);
            assertThat(said.text()).contains("MEND     key simulator.latency.min is \"slow\"", "MEND     key management.host is \"0.0.0.0\"",
                    "MEND     key budget.total.day is \"1e40\"", "3 to mend, 0 warnings");

            Said used = check("--offline", "-D", "management.port=" + taken.getLocalPort(), "-D", "ledger.directory=" + folder.resolve("none"));
            assertThat(used.text()).contains("warning  the management port 127.0.0.1:" + taken.getLocalPort() + " cannot be had");
            assertThat(used.code()).isZero();
        }
    }

    @Test
    void theLedgerIsOpenedBesideAServiceOrSaidNotToBeHad() throws IOException {
        String directory = "ledger.directory=" + folder.resolve("data");
        try (Ledger ledger = Ledger.open(TestLedgers.made(folder.resolve("data")))) {
            Said beside = check("--offline", "-D", directory);
            assertThat(beside.text()).as("all of it in one line, and where what is set came from")
                    .matches("all is in order: \\d+ keys, \\d+ route files, the ledger, \\d+ models\\R( {9}set:   .+\\R)+");
            assertThat(beside.code()).as("a service may be running here").isZero();
        }

        Files.writeString(folder.resolve("file"), "");
        Said wrong = check("--offline", "-D", "ledger.directory=" + folder.resolve("file"));
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.text()).contains("MEND", folder.resolve("file").toString(), "key ledger.directory");
    }

    @Test
    void keyAndCreditAreAskedForWithoutACall() {
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.key", "right", "simulator.credit", "0.5")))) {
            String[] usual = {"-D", "pipelines=http", "-D", "ledger.directory=" + folder.resolve("none"), "-D", "openrouter.base-url=" + simulator.baseUrl(),
                "-D", "openrouter.api-key=right"};
            Said low = check(usual);
            assertThat(low.text()).contains("warning  the API key has $0.5 left of its limit, less than alerts.credit-below");
            assertThat(low.code()).isZero();
            usual[usual.length - 1] = "openrouter.api-key=wrong";
            Said refused = check(usual);
            assertThat(refused.text()).contains("MEND     OpenRouter refuses the API key with HTTP 401").doesNotContain("wrong");
            assertThat(refused.code()).isEqualTo(2);
            assertThat(simulator.bill().completions()).isZero();
        }
    }
}
