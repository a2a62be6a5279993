# The service as an image, of what `mvn package` makes (docs/operations.md, "Image"):
#   mvn -q -Dmaven.test.skip package && docker build -t prompt-routes .
# Any base with a Java 17.0.9 or newer and bash will do: --build-arg BASE=...
ARG BASE=eclipse-temurin:25-jre
FROM ${BASE}

# settings, routes, prompts and schemas are mounted at /config; what the service writes is in /data and /tmp
RUN install -d -o 10001 -g 10001 -m 0700 /data && install -d -m 0755 /config

# what changes least comes first: an update of the jar alone is a small layer
COPY --chmod=0644 LICENSE target/THIRD-PARTY.txt deploy/bom.json /opt/prompt-routes/
COPY --chmod=0755 target/lib/ /opt/prompt-routes/lib/
COPY --chmod=0755 bin/ /opt/prompt-routes/bin/
COPY --chmod=0644 target/prompt-routes.jar /opt/prompt-routes/

# of the memory that the container may have 35 % are heap: threads, code, classes and buffers take some 280 MB, however large it is
ENV LANG=C.UTF-8 \
    JAVA_OPTS="-XX:MaxRAMPercentage=35 -XX:+ExitOnOutOfMemoryError -XX:TrimNativeHeapInterval=5000" \
    MALLOC_ARENA_MAX=2 \
    PROMPT_ROUTES_CACHE=off \
    PROBES_PORT=8082 \
    LEDGER_DIRECTORY=/data \
    CATALOGUE_COPY=/data/models.json

WORKDIR /config
VOLUME ["/data"]
EXPOSE 8080 8081 8082
USER 10001:10001
STOPSIGNAL SIGTERM

# without curl, which most bases have not
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PROBES_PORT && printf 'GET /live HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '^UP' <&3"]

# the launcher hands its place to java, which so hears SIGTERM
ENTRYPOINT ["/opt/prompt-routes/bin/prompt-routes"]
CMD ["run"]
