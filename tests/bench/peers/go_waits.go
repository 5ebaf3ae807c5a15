// Waits with Go's net/http and encoding/json, a goroutine each and 64 requests at once, and prints the microseconds of
// CPU per wait: go_waits URL COUNT
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

type answer struct {
	Success bool `json:"success"`
	Data    struct {
		TaskID string `json:"task_id"`
		Model  string `json:"model"`
		Status string `json:"status"`
		Output *struct {
			ResultURLs []string `json:"resultUrls"`
		} `json:"output"`
		PrimaryURL      *string `json:"primary_url"`
		ImageURL        *string `json:"image_url"`
		ErrorMessage    *string `json:"error_message"`
		CreditsUsed     *int64  `json:"credits_used"`
		CreditsRefunded *int64  `json:"credits_refunded"`
		CreatedAt       *string `json:"created_at"`
		UpdatedAt       *string `json:"updated_at"`
		CompletedAt     *string `json:"completed_at"`
	} `json:"data"`
	RequestID string `json:"request_id"`
}

var key = "Bearer sk-" + strings.Repeat("0", 48)

func poll(client *http.Client, url string) (string, error) {
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", key)
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var got answer
	err = json.NewDecoder(response.Body).Decode(&got)
	return got.Data.Status, err
}

func all(client *http.Client, base string, waits int) {
	var group sync.WaitGroup
	slots := make(chan struct{}, 64)
	for i := 0; i < waits; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for {
				slots <- struct{}{}
				status, err := poll(client, fmt.Sprintf("%s/api/v1/images/img_%026d", base, i))
				<-slots
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				if status == "completed" || status == "failed" {
					return
				}
				time.Sleep(time.Second)
			}
		}()
	}
	group.Wait()
}

func cpuMicroseconds() int64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage.Utime.Nano()/1000 + usage.Stime.Nano()/1000
}

func main() {
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64}}
	all(client, os.Args[1], 100) // warms up, and is not counted
	before := cpuMicroseconds()
	all(client, os.Args[1], count)
	fmt.Println(float64(cpuMicroseconds()-before) / float64(count))
}
