/* Loads the library at run time, as other languages do, checks that it is the one it was made for, and waits for a
 * task. */
#include <apimall/apimall.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define LOAD(name)                                              \
  do {                                                          \
    void* symbol = dlsym(library, "apimall_" #name);            \
    if (symbol == NULL) {                                       \
      fprintf(stderr, "no apimall_%s: %s\n", #name, dlerror()); \
      return 1;                                                 \
    }                                                           \
    memcpy(&name, &symbol, sizeof name);                        \
  } while (0)

int main(int argc, char** argv) {
  uint64_t (*abi_hash)(void);
  const char* (*version)(void);
  int32_t (*config_new)(apimall_config**);
  int32_t (*config_load_env)(apimall_config*, apimall_error**);
  void (*config_free)(apimall_config*);
  int32_t (*client_new)(const apimall_config*, apimall_client**, apimall_error**);
  void (*client_free)(apimall_client*);
  int32_t (*wait_image_task)(apimall_client*, const char*, size_t, const apimall_options*, apimall_image_task**,
                             apimall_error**);
  int32_t (*image_task_view)(const apimall_image_task*, apimall_image_task_fields*);
  void (*image_task_free)(apimall_image_task*);

  void* library = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  if (library == NULL) {
    fprintf(stderr, "usage: dlopen_program LIBRARY TASK_ID\n");
    return 2;
  }
  LOAD(abi_hash);
  LOAD(version);
  LOAD(config_new);
  LOAD(config_load_env);
  LOAD(config_free);
  LOAD(client_new);
  LOAD(client_free);
  LOAD(wait_image_task);
  LOAD(image_task_view);
  LOAD(image_task_free);
  if (abi_hash() != APIMALL_ABI_HASH || strcmp(version(), APIMALL_VERSION) != 0) {
    fprintf(stderr, "the library is %s, this program was made for %s\n", version(), APIMALL_VERSION);
    return 1;
  }

  apimall_config* config = NULL;
  apimall_client* client = NULL;
  apimall_image_task* task = NULL;
  int32_t code = config_new(&config);
  if (code == APIMALL_OK) code = config_load_env(config, NULL);
  if (code == APIMALL_OK) code = client_new(config, &client, NULL);
  if (code == APIMALL_OK) code = wait_image_task(client, argv[2], APIMALL_STRLEN, NULL, &task, NULL);
  if (code == APIMALL_OK) {
    apimall_image_task_fields fields = APIMALL_IMAGE_TASK_FIELDS_INIT;
    image_task_view(task, &fields);
    printf("%s %s\n", fields.task_id, fields.status_text);
    image_task_free(task);
  }
  if (client != NULL) client_free(client);
  if (config != NULL) config_free(config);
  /* The library's thread has ended: it may go. */
  return dlclose(library) == 0 && code == APIMALL_OK ? 0 : 1;
}
