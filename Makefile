.DEFAULT_GOAL := help
.PHONY: help run db test test-pgbouncer lint check-machine crash bench figures torture fuzz bundle conformance smoke \
	container format coverage check-oauth check-wakatime test-api openapi first-use schema

help: ## List what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Serve everything on this machine (PORT, BREATH_DATA, BREATH_PG_PORT)
	@scripts/run.sh

db: ## Open psql in the database of 'make run', as its superuser
	@scripts/db.sh

test: ## Build and run all tests against a PostgreSQL of their own (FILTER)
	@scripts/test.sh $(if $(FILTER),--filter "$(FILTER)")

lint: ## Look at what no test runs: style, shell, SQL, workflows, YAML, Python
	@scripts/lint.sh

check-machine: ## Say what this machine has and lacks, and how to mend it
	@scripts/check-machine.sh

test-pgbouncer: ## The same with PgBouncer between the functions and PostgreSQL (FILTER)
	@scripts/test-pgbouncer.sh $(if $(FILTER),--filter "$(FILTER)")

crash: ## Kill PostgreSQL under load at length, and keep the totals (PUSHES, SEED)
	@scripts/crash.sh "$(PUSHES)" "$(SEED)"

bench: ## Measure it and compare with the targets
	@scripts/bench.sh

figures: ## Measure it and write docs/figures.md and docs/figures.svg
	@scripts/bench.sh --table docs/figures.md --plot docs/figures.svg

fuzz: ## Look for input that breaks a promise (SECONDS, TARGETS)
	@scripts/fuzz.sh "$(or $(SECONDS),240)" $(TARGETS)

torture: ## Play fault histories of the sync protocol (SECONDS)
	@scripts/torture.sh "$(or $(SECONDS),60)"

bundle: ## Make packages/v1 and the zips that are deployed
	@scripts/bundle.sh

conformance: ## Drive the bundle as the platform does, here and in a Debian 11
	@scripts/conformance.sh

smoke: ## Try a deployment as an editor does, and print latencies (URL, REPEATS)
	@scripts/smoke.sh "$(URL)" $(REPEATS)

check-oauth: ## Sign in with OAuth libraries that others wrote
	@scripts/check-oauth.sh

check-wakatime: ## Read one's numbers with clients that others wrote for WakaTime
	@scripts/check-wakatime.sh

test-api: ## Look for what functions/openapi.yaml does not describe (SECONDS, SEED)
	@scripts/test-api.sh "$(or $(SECONDS),240)" "$(or $(SEED),1)"

schema: ## Write sql/schema.sql and what the code needs of a database, from sql/
	@scripts/schema.sh

openapi: ## Write functions/openapi.json anew, from openapi.yaml
	@BREATH_RENEW_OPENAPI=1 scripts/test.sh --filter OpenAPIJSONTests

first-use: ## Meet the project in a fresh Debian 12, as a user and as root
	@scripts/first-use.sh
	@scripts/first-use.sh --as root

container: ## Walk through the Dockerfile in a clean root file system
	@scripts/container-check.sh

format: ## Format the Swift sources in place
	@swift format --in-place --recursive Package.swift Sources Tests

coverage: ## Print line coverage of the core modules; fails below 95 %
	@scripts/coverage.sh
