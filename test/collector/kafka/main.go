// Kafka in memory, for tests: listens on the port of the first argument, with the topics that follow, until it is killed.
// Each partition begins with a message that is no OTLP.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

const partitions = 3

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening")
	select {}
}

func run(port string, topics []string) error {
	number, err := strconv.Atoi(port)
	if err != nil {
		return err
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(number), kfake.SeedTopics(partitions, topics...))
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		return err
	}
	defer client.Close()
	for _, topic := range topics {
		for partition := range int32(partitions) {
			record := &kgo.Record{Topic: topic, Partition: partition, Value: []byte("no OTLP")}
			if err := client.ProduceSync(context.Background(), record).FirstErr(); err != nil {
				return err
			}
		}
	}
	return nil
}
