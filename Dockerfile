# Sallyport in a container. Build: docker build -t sallyport .
#        with ffmpeg for MPEG-2, H.264 and HEVC (some 500 MB more): docker build --build-arg FFMPEG=yes -t sallyport .
# Run:   docker run --read-only -v sallyport-data:/data -p 11112:11112 -p 8080:8080 \
#          -e SALLYPORT_BACKEND_BASE_URL=https://backend.example sallyport
# Token: docker exec NAME node /app/dist/cli/cli.js token create --name anna --scope read,operate,identify,admin
#        then open http://localhost:8080/. Others than this host: set SALLYPORT_HTTP_TLS_CERT_FILE and ..._KEY_FILE, or put a
#        proxy that speaks TLS before it (README, Behind a proxy).
#
# The root file system may be read-only: everything the gateway writes is in /data.
# The health check speaks plain HTTP, or HTTPS where a certificate is configured; it asks this container alone, so that it
# does not look at whom the certificate names. It does not work where client certificates are required.

FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The image brings the runtime: the one pinned for other machines is not needed here. No install script is needed either.
# The package that runs the models of text recognition carries libraries for every system, 250 MB: one is used.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/node node_modules/.bin/node && \
    cd node_modules/onnxruntime-node/bin/napi-v6 && \
    OWN="linux/$(node -p process.arch)" && \
    find . -mindepth 2 -maxdepth 2 -type d ! -path "./$OWN" -exec rm -rf {} +

FROM node:26-slim
ARG FFMPEG=no
RUN if [ "$FFMPEG" = yes ]; then \
      apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*; \
    fi
# The runtime of the text models would report to its maker; the gateway silences it by itself as well.
ENV NODE_ENV=production \
    ORT_DISABLE_TELEMETRY=1 \
    SALLYPORT_STORAGE_DIR=/data \
    SALLYPORT_HTTP_HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE README.md ./
COPY openapi ./openapi
COPY config ./config
COPY models ./models
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 11112 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "const e = process.env, t = !!e.SALLYPORT_HTTP_TLS_CERT_FILE; require(t ? 'https' : 'http').get({ host: '127.0.0.1', port: e.SALLYPORT_HTTP_PORT || 8080, path: '/healthz', rejectUnauthorized: false }, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/cli/cli.js"]
CMD ["serve"]
