//! The AWS SDK behind the ports: intents and control record in DynamoDB, topic, queue, secrets.
