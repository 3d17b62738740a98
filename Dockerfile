FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY kg kg
COPY ontology ontology
COPY queries queries
COPY examples examples
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 kg && install --directory --owner kg /data
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels mlkg
USER kg
WORKDIR /home/kg
COPY --chown=kg examples examples
VOLUME /data
ENV KG_WORKSPACE=/data/kg.db
CMD ["kg", "--help"]
