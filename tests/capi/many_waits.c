/* Waits for every task whose id is a line of the standard input, all on one poller, and tells how they ended.
 * Usage: many_waits RATE_PER_SECOND TIMEOUT_MS; the environment says where the gateway is. */
#include <apimall/apimall.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 2000

static char ids[MOST][300];
static int finals[MOST];

static void set(apimall_config* config, const char* key, const char* value) {
  if (apimall_config_set(config, key, APIMALL_STRLEN, value, APIMALL_STRLEN, NULL) != APIMALL_OK) exit(2);
}

/* Counts an event and frees what it holds; 1 when it is one that was asked for and no other. */
static int take(const apimall_event* event, uint64_t count, int* completed, int* deadlines, int* others) {
  int good = event->type == APIMALL_EVENT_FINAL && event->token < count && ++finals[event->token] == 1;
  if (event->task != NULL) {
    apimall_image_task_fields fields = APIMALL_IMAGE_TASK_FIELDS_INIT;
    apimall_image_task_view(event->task, &fields);
    good = good && strcmp(fields.task_id, ids[event->token]) == 0;
    if (event->code == APIMALL_OK && fields.status != APIMALL_STATUS_COMPLETED) good = 0;
  }
  if (event->error != NULL) {
    apimall_error_fields fields = APIMALL_ERROR_FIELDS_INIT;
    apimall_error_view(event->error, &fields);
    good = good && fields.task_id != NULL && strcmp(fields.task_id, ids[event->token]) == 0;
  }
  if (event->code == APIMALL_OK) {
    ++*completed;
  } else if (event->code == APIMALL_ERROR_DEADLINE) {
    ++*deadlines;
  } else {
    ++*others;
  }
  apimall_image_task_free(event->task);
  apimall_error_free(event->error);
  return good;
}

int main(int argc, char** argv) {
  apimall_config* config = NULL;
  apimall_client* client = NULL;
  apimall_poller* poller = NULL;
  apimall_event events[64];
  uint64_t count = 0;
  uint64_t ended = 0;
  size_t taken = 0;
  int completed = 0;
  int deadlines = 0;
  int others = 0;
  int good = 1;

  if (argc != 3) return 2;
  while (count < MOST && fgets(ids[count], sizeof ids[count], stdin) != NULL) {
    ids[count][strcspn(ids[count], "\n")] = '\0';
    ++count;
  }
  if (apimall_config_new(&config) != APIMALL_OK || apimall_config_load_env(config, NULL) != APIMALL_OK) return 2;
  set(config, "rate_per_second", argv[1]);
  if (apimall_client_new(config, &client, NULL) != APIMALL_OK) return 2;
  if (apimall_poller_new(client, &poller, NULL) != APIMALL_OK) return 2;
  for (uint64_t token = 0; token < count; ++token) {
    apimall_submission wait = APIMALL_SUBMISSION_INIT;
    wait.kind = APIMALL_WORK_WAIT;
    wait.token = token;
    wait.timeout_ms = atol(argv[2]);
    wait.task_id = ids[token];
    wait.task_id_len = APIMALL_STRLEN;
    if (apimall_poller_submit(poller, &wait, NULL) != APIMALL_OK) return 2;
  }
  puts("submitted");
  fflush(stdout);
  while (ended < count) {
    if (apimall_poller_next(poller, events, sizeof events[0], 64, -1, &taken) != APIMALL_OK) return 2;
    for (size_t i = 0; i < taken; ++i) good = take(&events[i], count, &completed, &deadlines, &others) && good;
    ended += taken;
  }
  /* Nothing may come after the last one. */
  apimall_poller_close(poller);
  if (apimall_poller_next(poller, events, sizeof events[0], 64, -1, &taken) != APIMALL_ERROR_CLOSED || taken != 0)
    good = 0;
  apimall_poller_free(poller);
  apimall_client_free(client);
  apimall_config_free(config);
  printf("{\"completed\": %d, \"deadlines\": %d, \"others\": %d}\n", completed, deadlines, others);
  return good ? 0 : 1;
}
