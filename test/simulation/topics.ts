/** Topics as everywhere, without a prefix that would have to be cut off. */
import { type TopicNames, topicNames } from '@scanhook/schemas/topics'

export const topics: TopicNames = topicNames('')
