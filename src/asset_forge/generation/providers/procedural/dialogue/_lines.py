"""What is said on the way from the greeting to the endings.

Slots: `{name}`, `{reward}`, and `{role}`, `{thing}`, `{place}`, `{foe}`, which are nouns with
articles, pronouns and verbs that agree (`{foe.the} {foe.was}`).
"""

from __future__ import annotations

Lines = tuple[str, ...]

GREETINGS: dict[str, Lines] = {
    "friendly": (
        "Well met, traveler! I am {name}, {role.the} of {place.the}. Sit down, you look thirsty.",
        "A new face, and on such a fine day! They call me {name}. How can {role.a} be of help?",
        "Welcome! {name} is the name. There is no happier {role} near {place.the}.",
    ),
    "grumpy": (
        "What now? I am {name}, I am {role.the} here, and I have no time for gawkers.",
        "You again? No? You all look alike to me. Speak to {name} or get out of the light.",
        "If you came to {place.the} to waste my day, you are too late. It is wasted already.",
    ),
    "fearful": (
        "Quiet! Close the door. I am {name}. Did anyone follow you from {place.the}?",
        "Oh! You startled me. Forgive {role.a} who has not slept since {foe.the} came.",
        "Please, not so loud. My name is {name}, and I should not be seen talking to you.",
    ),
    "sad": (
        "Forgive me, I did not hear you come in. I am {name}. I used to enjoy company.",
        "Another traveler. {place.the} saw many once. I am {name}, the last {role} who stayed.",
        "Sit, if you like. {name} has little to offer these days but an empty chair.",
    ),
    "mysterious": (
        "You are late. I, {name}, expected you before the moon rose over {place.the}.",
        "So the road has sent you after all. Some call me {name}; others call me nothing twice.",
        "Every step you took was a question. I am {name}, and I sell no answers cheaply.",
    ),
    "menacing": (
        "Few walk up to {name} on their own feet. Fewer walk away. Choose your words.",
        "I smelled your courage all the way from {place.the}. It has already begun to sour.",
        "Kneel or stand, it is all one to me. I am {name}, and I own {place.the}.",
    ),
    "proud": (
        "You stand before {name}, {role} of {place.the}. State your name and your errand.",
        "Few are granted an audience with {role.a} of my line. Make good use of yours.",
        "I am {name}. My family has served {place.the} for nine generations. And you are?",
    ),
    "calm": (
        "Good day to you. I am {name}, {role.the} here. What brings you to {place.the}?",
        "Take your time. The name is {name}, and {place.the} will still be here tomorrow.",
        "You have the look of someone with questions. I am {name}. I may have answers.",
    ),
}

OFFERS: dict[str, Lines] = {
    "fetch": (
        "{thing.the} {thing.was} taken from me, and the trail leads to {place.the}. "
        "Bring {thing.them} back and you shall have {reward}.",
        "I would not ask if it were not {thing.the}. Without {thing.them} I am nothing. "
        "Search {place.the} for me, and I will give you {reward}.",
    ),
    "slay": (
        "It is {foe.the}. Every night {foe.it} came closer to {place.the}. "
        "End this, and {reward} will be yours.",
        "{foe.the} {foe.has} driven us out of {place.the}. Somebody with a steady hand could drive "
        "{foe.them} out in turn. I can pay with {reward}.",
    ),
    "deliver": (
        "{thing.the} must reach {place.the} before dawn, and I cannot leave my post. "
        "Carry {thing.them} for me. I offer {reward}.",
        "There is someone {place.at} who waits for {thing.the}. Take {thing.them} there, "
        "do not look at {thing.them} too long, and {reward} will be waiting for you.",
    ),
    "investigate": (
        "Something is wrong {place.at}. People speak of {foe.the}, but nobody saw "
        "who moved {thing.the}. Find the truth, and I will give you {reward}.",
        "Three have vanished near {place.the}, and each of them had seen {thing.the}. "
        "Learn why, and {reward} will be yours.",
    ),
    "trade": (
        "I deal in things that others cannot get. Today that is {thing.the}. "
        "Bring me word from {place.the} first, and I will throw in {reward}.",
        "{thing.the} {thing.is_} for sale, but not for coin alone. Clear {foe.the} off my trade "
        "route to {place.the}, and I will add {reward}.",
    ),
    "passage": (
        "Nobody passes without leave, not since {foe.the} came. Prove your worth: carry "
        "{thing.the} through {place.the} and back. Then the way is open, and I give you {reward}.",
        "The way to {place.the} is closed. I could forget to look, if somebody brought me "
        "{thing.the}. I might even part with {reward}.",
    ),
}

DETAILS: dict[str, Lines] = {
    "fetch": (
        "I last had {thing.the} in my hands the night that {foe.the} came. In the morning there "
        "was nothing but an open window and tracks toward {place.the}.",
    ),
    "slay": (
        "Look for the den beyond {place.the}, where nothing grows. {foe.the} {foe.was} seen there "
        "twice, always after rain. And leave {thing.the} where {thing.it} belongs.",
    ),
    "deliver": (
        "Take the path past {place.the} and speak to nobody. If they ask about {thing.the}, you "
        "know nothing. If you see {foe.the}, you run.",
    ),
    "investigate": (
        "Start with {thing.the}. {thing.it} {thing.was} moved, and there was ash on the floor. "
        "Then ask {place.at} who was awake that night.",
    ),
    "trade": (
        "My last cart to {place.the} never arrived. The driver swears it was {foe.the}. I think "
        "that somebody wanted {thing.the} more than the rest of the load.",
    ),
    "passage": (
        "I have my orders, and they were written after {foe.the} reached {place.the}. But orders "
        "say nothing about those who carry {thing.the}.",
    ),
}

DANGERS: Lines = (
    "I will not lie to you. {foe.the} {foe.is_} near, and the last who went to {place.the} came "
    "back without a word. Go by day, and take a light.",
    "The road is the least of it. Where {thing.the} {thing.is_}, {foe.the} {foe.is_} never far. "
    "Keep moving and do not sleep {place.at}.",
)

REWARDS: Lines = (
    "You want to speak about the price? {reward}, as I said. I keep my word, ask anyone "
    "{place.at}.",
    "{reward}, and not a penny less. I would offer more, but {foe.the} left me little.",
)

DOUBTS: Lines = (
    "Before you go: why should I trust you with {thing.the}? Others have promised the same "
    "and were last seen drinking {place.at}.",
    "You agree quickly. Too quickly, perhaps. What is it about {foe.the} that does not frighten "
    "you?",
)

SECRETS: Lines = (
    "So they told you. Yes, it is true: I let {foe.the} into {place.the} myself, for the sake of "
    "{thing.the}. I have paid for it every night since.",
    "You listen well. Then hear the rest: {thing.the} {thing.was} never mine. I took {thing.them} "
    "from {place.the} when I was young and foolish.",
)

HUBS: dict[str, Lines] = {
    "friendly": ("Ask away! Talking is half of my trade.", "What else would you like to hear?"),
    "grumpy": ("Be quick about it. What else?", "More questions? Fine. One."),
    "fearful": ("Ask, but keep your voice down.", "What else? Hurry, before somebody comes."),
    "sad": ("I have nothing but time. Ask.", "What else would you know? It does me good to talk."),
    "mysterious": ("A question is a door. Which one?", "Choose your next question with care."),
    "menacing": ("You amuse me. Ask, while it lasts.", "Speak. My patience has a floor."),
    "proud": ("You may ask.", "I shall hear your questions, within reason."),
    "calm": ("What else would you like to know?", "Ask. I will tell you what I can."),
}

PEOPLE: Lines = (
    "Everyone here has a story. Most of them are even true.",
    "There are not many of us left. Whom do you want to know about?",
)

PAST: Lines = (
    "The old days? They are closer than you think, near {place.the}.",
    "You ask about things that others prefer to forget. Go on.",
)

ACCEPTED: dict[str, Lines] = {
    "friendly": ("Ha! I knew it when I saw you. Go safely, and come back for {reward}!",),
    "grumpy": ("Good. Do not make me regret it. Now go, {place.the} will not come to you.",),
    "fearful": ("Thank you. Thank you! Be careful, and do not tell them that {name} sent you.",),
    "sad": ("You would do that for me? It is long since anyone has. Go well, friend.",),
    "mysterious": ("It was written, and now it is said. We shall speak again after {place.the}.",),
    "menacing": ("Wise. Fail me, and {foe.the} will be the least of your worries.",),
    "proud": ("Then you act in the name of {name}. Do it honor, {place.at} and after.",),
    "calm": ("Then it is settled. I will be here when you come back from {place.the}.",),
}

DECLINED: dict[str, Lines] = {
    "friendly": ("No harm done! If you change your mind, you know where to find me.",),
    "grumpy": ("I thought as much. Mind the step on your way out.",),
    "fearful": ("I understand. Just forget that we spoke. Please.",),
    "sad": ("I did not really expect anything else. Safe roads to you.",),
    "mysterious": ("You believe that you have a choice. How refreshing. Farewell.",),
    "menacing": ("Then go. I will remember your face.",),
    "proud": ("I see that I misjudged you. You may leave.",),
    "calm": ("That is your right. A good road to you.",),
}

HOSTILE: Lines = (
    "That is enough! Out, before I call for someone less patient than {role.a}!",
    "You dare? Leave, and never show your face near {place.the} again.",
)

BARGAINS: Lines = (
    "You drive a hard bargain. Half now, half when it is done. Nobody calls {name} mean.",
    "All right, all right. {reward}, and the first drink {place.at} is mine to pay. Deal!",
)

FORGIVEN: Lines = (
    "You know the worst, and you still offer me your hand? Then let us put it right together, "
    "you and I. It is what {place.the} needed all along.",
    "Then it is out. I feel lighter than I have in years. Take {thing.the}, and take {reward} too.",
)

SAY: dict[str, Lines] = {
    "ask": ("What troubles you?", "You look as if you could use some help.", "Is there work here?"),
    "questions": ("First I have some questions.", "Tell me about yourself and this place."),
    "insult": ("Step aside. I take what I want.", "I have no time for the troubles of {role.a}."),
    "leave": ("I have to go.", "Another time, perhaps.", "Farewell."),
    "accept": ("I will do it.", "You can count on me.", "Consider it done."),
    "details": ("Tell me more about {thing.the}.", "What exactly happened?"),
    "refuse": ("This is not my fight.", "Find somebody else.", "No. I am sorry."),
    "threaten": ("Hand over your purse now, or else.", "How about you pay me and I let you live?"),
    "reward": ("What is in it for me?", "Let us talk about the reward."),
    "danger": ("What should I be afraid of?", "What do I need to know about {foe.the}?"),
    "back": ("There is something else.", "Let me ask about something else."),
    "offer": ("About the work you have for me.", "Let us come back to that task."),
    "bargain": ("I am worth more than that. Half in advance.", "You can do better, for a friend."),
    "fair": ("That is fair. I will do it.", "Agreed."),
    "brave": ("I have seen worse. I will go.", "Then it is time somebody went."),
    "honest": ("Because I am telling you so to your face.", "I keep my promises. Ask anyone."),
    "boast": ("Because there is nobody better.", "Songs have been written about less than me."),
    "pledge": ("Take ten gold pieces as a pledge.", "Here is ten in gold. Keep it until I return."),
    "silent": ("You should not trust me, then.", "If you doubt me, find another."),
    "secret": ("I know that there is more to it. Tell me the truth.",
               "You are hiding something about {thing.the}."),
    "forgive": ("We all carry something. Let me help.", "The past is past. Let us mend it."),
    "condemn": ("You should be ashamed of yourself.", "Somebody has to hear about this."),
    "more": ("Go on.", "And then?", "Tell me more.", "What happened after that?"),
    "people": ("Tell me about the people here.", "Who lives here?"),
    "past": ("Tell me about the old days.", "What happened here, long ago?"),
}  # fmt: skip
