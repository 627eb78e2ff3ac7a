"""Things to talk about: each is a question and three replies that go deeper.

The slots are those of the other lines, and `{extra}` is the noun that a topic of its own is about.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A question of the player, and the replies to it from the surface to the core."""

    name: str
    question: tuple[str, ...]
    replies: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


EXTRA = Topic(
    "extra",
    ("What do you know about {extra.the}?", "I heard someone mention {extra.the}."),
    (
        ("{extra.the}? People talked about nothing else last winter.",
         "Careful. Nobody near {place.the} mentions {extra.the} lightly.",
         "There is a song about {extra.the}. I cannot sing it to the end."),
        ("It is said that {foe.the} {foe.was} looking for {extra.the}, the night before it began.",
         "Somebody paid good coin for news of {extra.the}, and left before dawn.",
         "A scholar came from far away because of {extra.the}. She left without her luggage."),
        ("If you ask me, {extra.the} and {thing.the} are two halves of one story.",
         "I saw {extra.the} in a dream once. I would not dream it again for {reward}.",
         "Look closely at {extra.the}, and you will understand why I lock my door."),
    ),
)  # fmt: skip

TOPICS: tuple[Topic, ...] = (
    Topic("thing",
        ("What is so special about {thing.the}?", "Why {thing.is_} {thing.the} so important?"),
        (("{thing.the} came down to me from my mother, and to her from somebody who never gave a "
          "name.", "You have not seen {thing.the}, or you would not ask. The light falls on "
          "{thing.them} in a way that it falls on nothing else."),
         ("There is a mark on {thing.the}. Three lines and a circle. I have seen it in one other "
          "place: above the door {place.at}.", "They offered me a house for {thing.the}. "
          "A house! I should have wondered why."),
         ("I have never told anyone, but {thing.the} grew warm when {foe.the} came near. As if "
          "{thing.it} knew.", "Some nights I hear {thing.the} hum. Laugh if you must."))),
    Topic("place",
        ("What can you tell me about {place.the}?", "Is it far to {place.the}?"),
        (("{place.the}? You can see the smoke from here on a clear day. It used to be a fine place "
          "to live.", "Half a day on foot, less if something is behind you."),
         ("Since {foe.the} came, nobody sleeps {place.at} without a watch. The wells are good, "
          "though.", "The people of {place.the} built their walls twice. The second time, they "
          "built them facing inward."),
         ("Under {place.the} there is an older place. I saw the stairs as a child. They told me "
          "that I had dreamed it.", "If you go, count the windows of the last house. If there are "
          "seven, turn back."))),
    Topic("foe",
        ("What do you know about {foe.the}?", "Has anyone fought {foe.the} before?"),
        (("{foe.the}? Nobody believed in {foe.them} until the first cattle were gone.",
          "I saw {foe.the} once, from the roof. I have not been on the roof since."),
         ("Fire keeps {foe.them} away, for a while. Salt does not, whatever they tell you "
          "{place.at}.", "The hunters who went after {foe.the} came home with one boot. It was "
          "not one of theirs."),
         ("It is not hunger that drives {foe.them}. Hunger would have left by now. Somebody "
          "sends {foe.them}.", "There was a time when {foe.the} and we lived in peace. It ended "
          "over {thing.the}, as such things end."))),
    Topic("self",
        ("How did you become {role.a}?", "Have you always lived here, {name}?"),
        (("My father wanted a sailor, my mother wanted a priest. They got {role.a} instead.",
          "I came for one winter. That was eleven winters ago."),
         ("You learn things, as {role.a}. Who owes whom. Who walks past {place.the} at night. "
          "Mostly you learn to keep quiet.", "There was another {role} here before me. She taught "
          "me everything but why she left."),
         ("I was not always {name}. It is a good name, and its owner did not need it anymore.",
          "If all this ends well, I will go and see the ocean. There, now you know."))),
    Topic("family",
        ("Do you have a family?", "Who is waiting for you at home?"),
        (("A brother {place.at}, and a daughter who takes after him, I am sorry to say.",
          "I had one. The fever came, and then the war, and then the quiet."),
         ("My brother swore that he would bring {thing.the} back. He packed bread for two days. "
          "That was in spring.", "My daughter is not afraid of {foe.the}. I wish she were."),
         ("If you meet a man {place.at} with my eyes, tell him that the lamp is still lit.",
          "She wrote to me once. I have read that letter so often that it is mostly holes."))),
    Topic("rumor",
        ("What are people saying these days?", "Any news?"),
        (("They say that the harvest {place.at} came up gray this year. Gray, like ash.",
          "A stranger asked about {thing.the} yesterday. Good boots, no dust on them."),
         ("And somebody has been buying rope. All the rope, from here to {place.the}.",
          "The stranger left a coin on the table. The face on it was nobody that I know."),
         ("My guess? {foe.the} {foe.was} only the beginning, and somebody is getting ready for "
          "the rest.", "I followed those boots for a mile. The tracks stopped in the middle of a "
          "field."))),
    Topic("neighbors",
        ("Who else lives around here?", "Can I trust the neighbors?"),
        (("There is old Wick, who counts birds, and the twins, who count money.",
          "Trust them? With your dinner, yes. With {thing.the}, no."),
         ("Old Wick says that the birds have stopped flying over {place.the}. He is wrong about "
          "most things, but not about birds.", "The twins left their shop open last week. All "
          "night. They have never left anything open."),
         ("I think that Wick saw who took {thing.the}. Bring him seed cake, and let him talk.",
          "One of the twins has not spoken since. The other speaks for both, and lies for both."))),
    Topic("ruler",
        ("Who is in charge here?", "Why does nobody send help?"),
        (("The council, on paper. The paper is kept somewhere dry, far from {place.the}.",
          "We wrote to the capital twice. The second letter came back opened."),
         ("There is a bailiff. He came to count us after {foe.the} struck. He seemed pleased that "
          "we were fewer.", "The tax was doubled for the defense of {place.the}. Do you see any "
          "defense?"),
         ("I believe that somebody up there knows about {thing.the}, and would rather that we did "
          "not.", "Burn this after you hear it: the bailiff takes orders from no council."))),
    Topic("trade",
        ("How is business?", "Where can I buy supplies?"),
        (("Slow. Nobody buys anything that they cannot carry while running.",
          "Try the market, but bring your own scales."),
         ("Lamp oil costs three times what it did. Fear is good for lamp oil.",
          "The carts go around {place.the} now. Four days longer, and still they arrive lighter."),
         ("Between us, I keep a cellar that is on no list. Come back with {thing.the}, and I will "
          "show you.", "The man who sells the oil also pays for the howling. Think about it."))),
    Topic("war",
        ("What happened here, long ago?", "Where do all these ruins come from?"),
        (("There was a war. The songs say that we won it. The songs were written elsewhere.",
          "Before there was {place.a} here, there was a city. You are standing on its roof."),
         ("Both sides wanted {thing.the}. Neither side knew what {thing.it} {thing.was} for.",
          "The last defenders sealed the gate from the outside. Nobody asks why."),
         ("My grandfather guarded that gate. On his last night he said that it had knocked back.",
          "It never ended, you know. They only ran out of soldiers."))),
    Topic("legend",
        ("Is there an old story about this?", "What do the legends say?"),
        (("They say that whoever holds {thing.the} at midwinter will be asked one question.",
          "Every child here knows the rhyme about {foe.the}. I will not say it indoors."),
         ("The question is always the same, and the answer has always been wrong.",
          "In the rhyme there are five doors. We have found four of them {place.at}."),
         ("My teacher knew the answer. She wrote it down, and then she ate the paper.",
          "The fifth door is not made of wood. I think that it is made of people."))),
    Topic("weather",
        ("Is the weather always like this?", "Will the road be dry tomorrow?"),
        (("It has rained since {foe.the} came. Not hard, just enough to keep the tracks soft.",
          "Dry until noon. After that, walk on the stones."),
         ("Old people say that it is the same rain as sixty years ago. I asked how they can tell.",
          "Fog comes up from {place.the} in the evening. It smells of iron."),
         ("They said that it falls upward at the edges. I went to look. It does.",
          "Once, in the fog, somebody walked beside me for an hour. I did not turn my head."))),
    Topic("food",
        ("What is there to eat?", "Something smells good."),
        (("Stew. Do not ask what is in it; it was slower than I am.",
          "Bread from yesterday and cheese from a goat with opinions."),
         ("There was a time when people came from {place.the} just for my pie. Good days.",
          "The secret is thyme. The other secret is that there was never any meat."),
         ("The recipe was my wife's. I changed nothing, so that she would know the house.",
          "Take some with you. Nobody ever faced {foe.the} well on an empty stomach."))),
    Topic("dreams",
        ("You look tired.", "Did you sleep badly?"),
        (("I dream about {place.the} every night, and in the dream I know my way around.",
          "Sleep? I used to be good at it."),
         ("In the dream {thing.the} {thing.is_} in my hands and I am walking down. Always down.",
          "I asked around. Half the street has the same dream."),
         ("Last night I reached the bottom. Somebody there said your name.",
          "We stopped talking about it when we found mud on our shoes in the morning."))),
    Topic("advice",
        ("Any advice for a traveler?", "What would you do in my place?"),
        (("Keep your boots dry, your purse low, and your back away from {place.the}.",
          "Eat when you can, sleep when you can, and do not lend anything to a bard."),
         ("If you meet {foe.the}, do not run downhill. Everyone runs downhill.",
          "When somebody offers you {thing.a} for nothing, count your fingers."),
         ("And if it comes to the worst, shout my name. It will not help, but still.",
          "The best advice that I ever got was to leave. I am still thinking about it."))),
)  # fmt: skip
