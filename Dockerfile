# One image for everything: `breath serve` with the functions, and the tool that migrates their database.
# scripts/container-check.sh walks through the same steps without a container engine; change both together.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends binutils libpq-dev pkg-config \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# Tests too: SwiftPM refuses a manifest whose targets are not there.
# The versions of the dependencies are fixed once they are committed.
COPY Package.swift Package.resolve[d] ./
COPY Sources Sources
COPY Tests Tests
COPY project.yml project.yml
COPY scripts/functions.sh scripts/functions.sh
RUN if [ -f Package.resolved ]; then locked=--only-use-versions-from-resolved-file; fi \
  && functions=$(scripts/functions.sh) \
  && for product in $functions breath; do \
    swift build -c release --static-swift-stdlib ${locked:-} --product "$product" \
    && install -D --strip ".build/release/$product" "/out/bin/$product" || exit 1; \
  done

FROM debian:bookworm-slim AS runtime
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates curl libpq5 \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/bin /app/bin
COPY sql /app/sql
COPY scripts/healthcheck.sh /app/bin/healthcheck
# A number, so that an orchestrator can see that it is not root. Nothing in the image belongs to it; it writes in /tmp
# only, where libpq's CA file goes, so the root may be read-only.
USER 10001:10001
WORKDIR /app
ENV PATH=/app/bin:/usr/bin:/bin PORT=8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=15s CMD ["/app/bin/healthcheck"]
ENTRYPOINT ["/app/bin/breath"]
CMD ["serve", "--host", "0.0.0.0"]
