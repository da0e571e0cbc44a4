# Builds from a clean checkout, runs without Maven, as nobody in particular.
#
#   docker build -t understudy .
#   docker run --rm -p 8000:8000 -p 8001:8001 -v "$PWD/models/repository:/repository:ro" -v understudy-state:/state understudy
#   docker exec CONTAINER /opt/understudy/bin/understudy status
#
# The management port listens inside the container only, unless a token is set: docs/configuration.md.
#
# There is no HEALTHCHECK: whoever runs the container asks GET /v2/health/live (is the process well?) and
# GET /v2/health/ready (may requests be sent?) on port 8000; deploy/kubernetes.yaml shows how.

FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/maven mvn -q -B -ntp -Dmaven.repo.local=/maven -Dmaven.test.skip=true -pl server -am package \
    && rm -rf server/target/understudy/lib/libduckdb_java.so_osx_universal server/target/understudy/lib/native/osx-*

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 --home-dir /state --shell /usr/sbin/nologin understudy \
    && install -d -o understudy -g understudy /state
COPY --from=build /src/server/target/understudy /opt/understudy
ENV JAVA_HOME=/opt/java/openjdk XDG_STATE_HOME=/state
USER 10001
# Roles, evidence and model copies outlive the container here. The repository may be mounted read-only.
VOLUME /state
EXPOSE 8000 8001
STOPSIGNAL SIGTERM
# Management stays on the container's own loopback: add --management-host 0.0.0.0 --management-token-file FILE to
# reach it from outside.
ENTRYPOINT ["/opt/understudy/bin/understudy"]
CMD ["serve", "--repository", "/repository", "--state", "/state/understudy", "--log-format", "json"]
